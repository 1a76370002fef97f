import { arch, cpus, platform } from "node:os";

import {
  gapTo,
  meanMetrics,
  noiseFloorOf,
  parseStudy,
  studyVersion,
  type RowTimes,
  type Study,
  type StudyPlace,
  type StudyRow,
  type StudyRun,
} from "@ltu/report";
import { stageKey, type Json, type Stage } from "@ltu/runner";

import type { Archive } from "../archive/archive.ts";
import type { MethodPlan } from "../compose-methods.ts";
import type { RunSession } from "../run-session.ts";
import { keptAttacks } from "./attacked-models.ts";
import { neighbourViews } from "./neighbour-views.ts";
import { rowLabels, variantRows, type StudyCell } from "./plan-study.ts";
import {
  cellPlace,
  oracleNames,
  oraclePlace,
  rowPlace,
  type CellLine,
  type OracleLine,
  type RowLine,
  type StudyLine,
} from "./study-archive.ts";
import type { StudyConfig } from "./study-config.ts";

/** A study whose readings are all there. */
export interface FinishedStudy {
  readonly config: StudyConfig;
  /** The JSON of the base experiment, to be kept with the results. */
  readonly base: unknown;
  readonly cells: readonly StudyCell[];
  readonly archive: Archive<StudyLine>;
  /** Those that were made or found for it in a store. */
  readonly stages: readonly Stage[];
  readonly session: Pick<RunSession, "engine" | "startedMs" | "versions">;
  readonly allowSharedEvaluator: boolean;
}

const notHeldOut = "the attacks used as feedback read the same signal as the one that measures MIA-efficacy";

/** Collects what is kept of the runs of a study into the content of `study.json`. */
export function assembleStudy(study: FinishedStudy): Study {
  const { config, base, cells, stages, session } = study;
  const { engine, versions, startedMs } = session;
  const others = new Set<string>();
  const measured = cells.map((cell) => measuredCell(cell, study, others));
  const [first] = cells as readonly [StudyCell, ...StudyCell[]];
  const labels = rowLabels(cells);
  const placeOf = ({ seed, value }: StudyCell, row: string): StudyPlace => ({
    row,
    seed,
    ...(value === undefined ? {} : { value }),
  });
  // Checked like any file that is read, so that nothing is written that cannot be read again.
  return parseStudy({
    schemaVersion: studyVersion,
    kind: "study",
    name: config.name,
    description: config.description,
    config: JSON.parse(JSON.stringify({ ...config, experiment: base })) as Json,
    seeds: config.seeds,
    ...(config.axis === undefined ? {} : { axis: config.axis }),
    ...(config.default === undefined ? {} : { defaultRow: variantRows(config)[0]?.label as string }),
    ...(config.against === undefined ? {} : { against: config.against }),
    engine: { name: engine.name, threads: engine.threads },
    versions,
    data: {
      name: first.experiment.data.name,
      counts: sameInAll(measured.map(({ line }) => line.counts)),
    },
    model: (measured[0] as MeasuredCell).line.model,
    rows: labels.map((label, j) =>
      rowOf(
        label,
        cells.map(({ methods }) => methods[j] as MethodPlan),
        config,
      ),
    ),
    runs: cells.flatMap((cell, i) =>
      labels.map((label, j) => {
        const { rows } = measured[i] as MeasuredCell;
        const { reading, classes } = rows[j] as MeasuredRow;
        return {
          ...placeOf(cell, label),
          ...reading,
          ...(classes === undefined ? {} : { classes }),
          gap: gapTo(reading.metrics, (rows[0] as MeasuredRow).reading.metrics),
        };
      }),
    ),
    oracles: cells.map(({ seed, value }, i) => ({
      seed,
      ...(value === undefined ? {} : { value }),
      ...(measured[i] as MeasuredCell).oracles,
    })),
    ...(config.evaluators
      ? { attacks: cells.flatMap((cell) => keptAttacks(cell, { ...study, labels })) }
      : {}),
    stages: stages.map((stage) => ({ name: stage.name, key: stageKey(stage) })),
    times: {
      totalSeconds: (performance.now() - startedMs) / 1000,
      runs: cells.flatMap((cell, i) =>
        labels.map((label, j) => ({
          ...placeOf(cell, label),
          ...((measured[i] as MeasuredCell).rows[j] as MeasuredRow).times,
        })),
      ),
      finishedAt: new Date().toISOString(),
    },
    machine: {
      engine: engine.description,
      platform: platform(),
      arch: arch(),
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      node: process.version,
    },
    warnings: [
      ...new Set([
        ...measured.flatMap(({ line }) => line.notes),
        ...(others.size === 0
          ? []
          : [`some readings were kept from other versions: ${[...others].join("; ")}`]),
      ]),
    ],
  });
}

type MeasuredRow = Pick<StudyRun, "classes"> & Pick<RowLine, "reading"> & { readonly times: RowTimes };

/** One run of a study as it is kept. */
interface MeasuredCell {
  readonly line: CellLine;
  /** The retrained model first. */
  readonly rows: readonly MeasuredRow[];
  readonly oracles: Omit<NonNullable<Study["oracles"]>[number], keyof StudyPlace>;
}

/** @param others - Versions that differ from those of this run are added to it. */
function measuredCell(
  cell: StudyCell,
  { archive, session: { engine, versions } }: FinishedStudy,
  others: Set<string>,
): MeasuredCell {
  const kept = <Line extends StudyLine>(place: ReturnType<typeof cellPlace>): Line => {
    const line = archive.find(place) as Line;
    const stated = JSON.stringify(line.versions);
    if (stated !== JSON.stringify(versions)) others.add(stated);
    return line;
  };
  const names = oracleNames(cell);
  const oraclesOf = (list: readonly string[]): OracleLine[] =>
    list.map((name) => kept<OracleLine>(oraclePlace(cell, engine.name, name)));
  const reference = oraclesOf(names.reference);
  const heldOut = oraclesOf(names.heldOut);
  const retrain = retrainRow(reference as [OracleLine, ...OracleLine[]]);
  const [, ...methods] = cell.methods;
  const line = kept<CellLine>(cellPlace(cell, engine.name));
  const views = neighbourViews(line);
  return {
    line,
    rows: [
      { ...retrain, classes: views(reference) },
      ...methods.map((method) => {
        const own = kept<RowLine>(rowPlace(cell, engine.name, method));
        return { reading: own.reading, classes: views([own]), times: timesOf(own, reference) };
      }),
    ],
    oracles: {
      count: reference.length,
      heldOut: heldOut.length,
      noiseFloor: noiseFloorOf(
        heldOut.map(({ oracle }) => ({ gap: gapTo(oracle, retrain.reading.metrics) })),
      ),
    },
  };
}

/** The row `retrain` out of its models: the mean of their numbers, the cost of one. */
function retrainRow(oracles: readonly [OracleLine, ...OracleLine[]]): MeasuredRow {
  const [{ cost, machine }] = oracles;
  const seconds = meanSeconds(oracles, machine) as number;
  return {
    reading: { metrics: meanMetrics(oracles.map(({ oracle }) => oracle)), cost },
    times: {
      unlearnSeconds: seconds,
      attackTrainingSeconds: 0,
      totalSeconds: seconds,
      shareOfRetrain: seconds > 0 ? 1 : null,
    },
  };
}

/** Seconds, and their share of a retraining where one was made on the same machine. */
function timesOf({ seconds, machine }: RowLine, oracles: readonly OracleLine[]): RowTimes {
  const { unlearn, attackTraining } = seconds;
  const totalSeconds = unlearn + attackTraining;
  const retrain = meanSeconds(oracles, machine);
  return {
    unlearnSeconds: unlearn,
    attackTrainingSeconds: attackTraining,
    totalSeconds,
    shareOfRetrain: retrain === undefined || retrain === 0 ? null : totalSeconds / retrain,
  };
}

function meanSeconds(oracles: readonly OracleLine[], machine: string): number | undefined {
  const there = oracles.filter((oracle) => oracle.machine === machine);
  if (there.length === 0) return undefined;
  return there.reduce((sum, { seconds }) => sum + seconds, 0) / there.length;
}

/** Sizes of the sets; those that differ between cells are left out. */
function sameInAll(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const [first] = counts as readonly [Readonly<Record<string, number>>];
  return Object.fromEntries(
    Object.entries(first).filter(([name, count]) => counts.every((each) => each[name] === count)),
  );
}

function rowOf(label: string, plans: readonly MethodPlan[], config: StudyConfig): StudyRow {
  const { method, optionSet, sees, attacks } = plans[0] as MethodPlan;
  const change = config.variants.find((variant) => variant.label === label);
  return {
    method,
    ...(optionSet === undefined ? {} : { optionSet }),
    label,
    sees: plans.every((plan) => plan.sees === sees) ? sees : "varies",
    ...(change === undefined
      ? {}
      : { changes: JSON.parse(JSON.stringify(change.options)) as Record<string, Json> }),
    ...(attacks.length === 0 ? {} : { notHeldOut }),
  };
}
