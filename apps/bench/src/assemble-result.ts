import { arch, cpus, platform } from "node:os";

import type { EngineReport } from "@ltu/engine";
import {
  gapTo,
  meanMetrics,
  oracleEnsemble,
  resultVersion,
  type AttackReading,
  type ModelAudit,
  type Oracle,
  type Result,
  type Row,
  type RowMetrics,
  type RowTimes,
} from "@ltu/report";
import { metricDefinitions, type AllReadings } from "@ltu/metrics";
import { stageKey, type Json, type Stage, type StageResults } from "@ltu/runner";
import { epochMeans } from "@ltu/train";

import { feedbackStages } from "./plan-feedback.ts";
import type { Plan, PlannedAudit, PlannedOracle, PlannedRow } from "./plan.ts";
import type { RunContext } from "./run-context.ts";
import { readingsOf } from "./all-readings.ts";
import { furtherReadings, meanFurther, readFurther } from "./read-further.ts";
import { decodeAccessibleRetain } from "./stages/accessible-retain.ts";
import type { AuditArtefact } from "./stages/audit.ts";
import { decodeAttacks } from "./stages/held-out-attacks.ts";
import { decodeJson } from "./stages/json-artefact.ts";
import { auditedOf, feedbackOf } from "./audit-record.ts";
import { planSets } from "./shadows/shadow-sets.ts";
import { countSets, decodeSplits, type PreparedSplits } from "./stages/prepare.ts";
import { describeModel, type ModelArtefact } from "./stages/weights-artefact.ts";

/** A run that is done. */
export interface FinishedRun {
  readonly context: RunContext;
  readonly plan: Plan;
  readonly results: StageResults;
  readonly engine: EngineReport;
  readonly versions: Readonly<Record<string, string>>;
  readonly startedMs: number;
  readonly warnings: readonly string[];
}

/** One model as its audit found it. */
interface Measured {
  readonly metrics: RowMetrics;
  readonly audit: ModelAudit;
}

const notHeldOut = "the attacks used as feedback read the same signal as the one that measures MIA-efficacy";

/** Collects what the stages made into the content of `result.json`. */
export async function assembleResult(run: FinishedRun): Promise<Result> {
  const { context, plan, results, engine, versions, startedMs, warnings } = run;
  const { experiment, seed, splitSeed, data } = context;
  const further = await readFurther(plan, results);
  const measured = async (planned: PlannedAudit): Promise<Measured> => {
    const { audit, attack } = planned;
    const { metrics, ...rest } = decodeJson<AuditArtefact>(await results.artefact(audit));
    const attacks: AttackReading[] =
      attack === undefined ? [] : decodeAttacks(await results.artefact(attack));
    return { metrics, audit: { ...rest, ...(await further.of(planned)), attacks } };
  };
  const measuredOracles = (planned: readonly PlannedOracle[]): Promise<Oracle[]> =>
    Promise.all(
      planned.map(async (oracle) => ({
        name: oracle.name,
        key: stageKey(oracle.train),
        ...(await measured(oracle)),
      })),
    );
  const before = await measured(plan.originalAudit);
  const oracles = oracleEnsemble({
    reference: await measuredOracles(plan.oracles.reference),
    heldOut: await measuredOracles(plan.oracles.heldOut),
    original: before.metrics,
  });
  const splits = {
    ...decodeSplits(await results.artefact(plan.prepare)),
    accessibleRetain: decodeAccessibleRetain(await results.artefact(plan.accessible)),
  };
  const reference = meanMetrics(oracles.reference.map(({ metrics }) => metrics));
  const rows: Row[] = [];
  for (const planned of plan.rows) {
    const { cost, history } = describeModel(await results.artefact(planned.unlearn));
    // The first row stands for all oracles, whose own numbers are kept with them.
    const found = planned === plan.rows[0] ? { metrics: reference } : await measured(planned);
    const ensemble = await further.ensembleOf(planned);
    const more = oracles.reference.map(({ audit = {} }) => audit);
    const readings =
      "audit" in found ? furtherReadings(found.audit, { ensemble, oracles: more }) : meanFurther(more);
    const feedback = feedbackOf(context, { planned, splits });
    rows.push({ ...rowOf(planned, found, { reference, cost, history, ensemble, readings }), ...feedback });
  }
  const original = describeModel(await results.artefact(plan.original));
  const { epochs } = experiment.training;
  return {
    schemaVersion: resultVersion,
    experiment: { name: experiment.name, config: experiment as unknown as Json },
    seed,
    splitSeed,
    engine: { name: engine.name, threads: engine.threads },
    versions,
    data: {
      name: experiment.data.name,
      contentHash: data.contentHash,
      counts: countSets(splits),
    },
    model: { name: context.model.name, parameters: original.parameters },
    stages: plan.stages.map((stage) => ({ name: stage.name, key: stageKey(stage) })),
    oracles,
    ...shadowsOf(context, { plan, splits }),
    audited: auditedOf(context, { plan, splits }),
    original: before,
    definitions: definitionsOf(context),
    ...forgottenOf(context),
    rows,
    curves: {
      original: { loss: epochMeans(original.history["loss"] ?? [], epochs) },
      retrain: { loss: epochMeans(rows[0]?.history["loss"] ?? [], epochs) },
    },
    times: {
      totalSeconds: (performance.now() - startedMs) / 1000,
      stages: Object.fromEntries(plan.stages.map((stage) => [stage.name, results.wallMs(stage) / 1000])),
      rows: Object.fromEntries(
        plan.rows.map((planned) => [planned.method.label, timesOf(planned, plan, results)]),
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
    warnings: [...context.notes, ...warnings],
  };
}

function rowOf(
  { method }: PlannedRow,
  { metrics, audit }: Partial<Measured> & Pick<Measured, "metrics">,
  {
    reference,
    cost,
    history,
    ensemble,
    readings,
  }: {
    readonly reference: RowMetrics;
    readonly ensemble: Row["ensemble"];
    readonly readings: Partial<AllReadings>;
  } & Pick<ModelArtefact, "cost" | "history">,
): Row {
  const gap = gapTo(metrics, reference);
  return {
    method: method.method,
    ...(method.optionSet === undefined ? {} : { optionSet: method.optionSet }),
    label: method.label,
    sees: method.sees,
    metrics,
    gap,
    readings: readingsOf(metrics, { gap, reference, further: readings }),
    ...(ensemble === undefined ? {} : { ensemble }),
    ...(audit === undefined ? {} : { audit }),
    cost,
    ...(method.attacks.length === 0 ? {} : { notHeldOut }),
    options: method.options,
    history,
  };
}

/** The class that was forgotten as a whole, if one was. */
function forgottenOf({ forgotten }: RunContext): Pick<Result, "forgotten"> {
  if (forgotten === undefined) return {};
  const { kind, label, names } = forgotten;
  return { forgotten: { kind, class: label, names } };
}

/** What each number means in this run: without a class that is forgotten as a whole, some are measured on other images. */
function definitionsOf({ forgotten }: RunContext): Result["definitions"] {
  if (forgotten === undefined) return metricDefinitions;
  const name = forgotten.names[forgotten.label] as string;
  const { TA, MIA, auc } = metricDefinitions;
  return {
    ...metricDefinitions,
    TA: { ...TA, meaning: `Test accuracy, test images of the forgotten class "${name}" left out.` },
    MIA: {
      ...MIA,
      meaning: `${MIA.meaning} The attack is fitted on retained images and on test images of the other classes.`,
    },
    auc: {
      ...auc,
      meaning: `Chance that a forgotten image's score is above that of a test image of the same class "${name}"; one half is chance.`,
    },
  };
}

/** What the attacks that compare with shadow models rest on. */
function shadowsOf(
  context: RunContext,
  { plan, splits }: { readonly plan: Plan; readonly splits: PreparedSplits },
): Pick<Result, "shadows"> {
  const { originals, methods } = plan.shadows;
  if (originals.length === 0) return {};
  const { perTarget, expected } = planSets(context, { splits, count: originals.length });
  return {
    shadows: {
      originals: originals.length,
      unlearnedBy: methods.map(({ label }) => label),
      perTarget,
      expected: JSON.parse(JSON.stringify(expected)) as typeof expected,
    },
  };
}

function timesOf(row: PlannedRow, plan: Plan, results: StageResults): RowTimes {
  const seconds = (stage: Stage | undefined): number =>
    stage === undefined ? 0 : results.wallMs(stage) / 1000;
  // One retraining is the yardstick, however many were made to know their spread.
  const retrained = plan.oracles.reference.map(({ train }) => seconds(train));
  const retrainSeconds = retrained.reduce((a, b) => a + b, 0) / retrained.length;
  const unlearnSeconds = row === plan.rows[0] ? retrainSeconds : seconds(row.unlearn);
  const attackTrainingSeconds = feedbackStages(row).reduce((sum, stage) => sum + seconds(stage), 0);
  const totalSeconds = unlearnSeconds + attackTrainingSeconds;
  return {
    unlearnSeconds,
    attackTrainingSeconds,
    totalSeconds,
    shareOfRetrain: retrainSeconds > 0 ? totalSeconds / retrainSeconds : null,
  };
}
