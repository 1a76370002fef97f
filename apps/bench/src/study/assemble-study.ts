import { arch, cpus, platform } from "node:os";

import type { EngineReport } from "@ltu/engine";
import {
  parseStudy,
  studyVersion,
  thinSeries,
  type Result,
  type Row,
  type Study,
  type StudyOracles,
  type StudyPlace,
  type StudyRow,
  type StudyRun,
} from "@ltu/report";
import { stageKey, type Json, type Stage } from "@ltu/runner";

import type { StudyCell } from "./plan-study.ts";
import { variantRows } from "./plan-study.ts";
import type { StudyConfig } from "./study-config.ts";

/** A study whose stages are all there. */
export interface FinishedStudy {
  readonly config: StudyConfig;
  /** The JSON of the base experiment, to be kept with the results. */
  readonly base: unknown;
  readonly cells: readonly StudyCell[];
  /** What the run of each cell came to, in the order of the cells. */
  readonly results: readonly Result[];
  readonly stages: readonly Stage[];
  readonly engine: EngineReport;
  readonly versions: Readonly<Record<string, string>>;
  readonly startedMs: number;
}

/** Collects what the runs of a study came to into the content of `study.json`. */
export function assembleStudy(study: FinishedStudy): Study {
  const { config, base, cells, results, stages, engine, versions, startedMs } = study;
  const first = results[0] as Result;
  const labels = rowLabels(results);
  const places = cells.flatMap((cell, i) =>
    labels.map((row, j) => ({ cell, result: results[i] as Result, row, j })),
  );
  const placeOf = ({ cell, row }: (typeof places)[number]): StudyPlace => ({
    row,
    seed: cell.seed,
    ...(cell.value === undefined ? {} : { value: cell.value }),
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
    engine: { name: engine.name, threads: engine.threads },
    versions,
    data: { name: first.data.name, counts: countsOf(results) },
    model: first.model,
    rows: labels.map((label, j) =>
      rowOf(
        label,
        results.map(({ rows }) => rows[j] as Row),
        config,
      ),
    ),
    runs: places.map((each): StudyRun => ({
      ...placeOf(each),
      ...runOf(each.result.rows[each.j] as Row),
    })),
    oracles: cells.map(({ seed, value }, i): StudyOracles => {
      const { reference, heldOut, noiseFloor } = (results[i] as Result).oracles;
      return {
        seed,
        ...(value === undefined ? {} : { value }),
        count: reference.length,
        heldOut: heldOut.length,
        noiseFloor,
      };
    }),
    stages: stages.map((stage) => ({ name: stage.name, key: stageKey(stage) })),
    times: {
      totalSeconds: (performance.now() - startedMs) / 1000,
      runs: places.map((each) => ({
        ...placeOf(each),
        ...each.result.times.rows[(each.result.rows[each.j] as Row).label],
      })),
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
    warnings: [...new Set(results.flatMap(({ warnings }) => warnings))],
  });
}

/** A row's label, without what differs between cells, such as the share of the retain set. */
function rowLabels(results: readonly Result[]): string[] {
  return (results[0] as Result).rows.map(({ label, method }, j) =>
    results.every(({ rows }) => rows[j]?.label === label) ? label : method,
  );
}

/** Sizes of the sets; those that differ between cells are left out. */
function countsOf(results: readonly Result[]): Readonly<Record<string, number>> {
  const first = (results[0] as Result).data.counts;
  return Object.fromEntries(
    Object.entries(first).filter(([name, count]) => results.every(({ data }) => data.counts[name] === count)),
  );
}

function rowOf(label: string, rows: readonly Row[], config: StudyConfig): StudyRow {
  const { method, optionSet, sees, notHeldOut } = rows[0] as Row;
  const change = config.variants.find((variant) => variant.label === label);
  return {
    method,
    ...(optionSet === undefined ? {} : { optionSet }),
    label,
    sees: rows.every((row) => row.sees === sees) ? sees : "varies",
    ...(change === undefined
      ? {}
      : { changes: JSON.parse(JSON.stringify(change.options)) as Record<string, Json> }),
    ...(notHeldOut === undefined ? {} : { notHeldOut }),
  };
}

/** Points that the course of a cosine is kept as. */
const cosinePoints = 100;

function runOf({ metrics, gap, history }: Row): Omit<StudyRun, keyof StudyPlace> {
  const { conflict, cosine } = history;
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    metrics,
    gap,
    ...(conflict === undefined || conflict.length === 0 ? {} : { conflictShare: mean(conflict) }),
    ...(cosine === undefined || cosine.length === 0
      ? {}
      : {
          meanCosine: mean(cosine),
          cosine: thinSeries(cosine, { points: cosinePoints }).map(({ value }) => value),
        }),
  };
}
