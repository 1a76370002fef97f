import { hasStrength, thinSeries, type AttackStrengthReading, type StudyStrength } from "@ltu/report";
import type { Stage, StageResults } from "@ltu/runner";

import { feedbackStages } from "../plan-feedback.ts";
import type { Plan, PlannedOracle, PlannedRow } from "../plan.ts";
import type { RunContext } from "../run-context.ts";
import { decodeAccessibleRetain } from "../stages/accessible-retain.ts";
import type { AuditArtefact } from "../stages/audit.ts";
import { decodeJson } from "../stages/json-artefact.ts";
import { countSets, decodeSplits } from "../stages/prepare.ts";
import { preparationCost } from "../stages/preparation-cost.ts";
import { describeModel, type ModelArtefact } from "../stages/weights-artefact.ts";
import { decodeAttacks } from "../stages/held-out-attacks.ts";
import type { CellLine, KeptAttack, OracleLine, RowLine } from "./study-archive.ts";

/** One run of a study while it runs. */
export interface PlannedCell {
  readonly context: RunContext;
  readonly plan: Plan;
  readonly results: StageResults;
}

/** What all rows of a run share. */
export async function readCell({
  context,
  plan,
  results,
}: PlannedCell): Promise<Omit<CellLine, "of" | "versions">> {
  const { parameters } = describeModel(await results.artefact(plan.original));
  const { metrics, classes } = await auditOf(results, plan.originalAudit.audit);
  return {
    counts: await countsOf({ plan, results }),
    model: { name: context.model.name, parameters },
    original: metrics,
    ...(classes === undefined || context.forgotten === undefined
      ? {}
      : { classes: { view: classes, names: context.forgotten.names } }),
    notes: context.notes,
  };
}

/** One retrained model. */
export async function readOracle(
  { results }: Pick<PlannedCell, "results">,
  { train, audit }: PlannedOracle,
): Promise<Omit<OracleLine, "machine" | "of" | "versions">> {
  const { cost } = describeModel(await results.artefact(train));
  const { metrics, classes } = await auditOf(results, audit);
  return {
    oracle: metrics,
    ...(classes === undefined ? {} : { classes }),
    cost,
    seconds: results.wallMs(train) / 1000,
  };
}

/** One row: its numbers, what it saw and took, preparation included. */
export async function readRow(
  cell: PlannedCell,
  row: PlannedRow,
): Promise<Omit<RowLine, "machine" | "of" | "versions">> {
  const { context, results } = cell;
  const { cost, history } = describeModel(await results.artefact(row.unlearn));
  const before = preparationCost(context.experiment, {
    counts: await countsOf(cell),
    hasAttacks: row.attacks !== undefined,
    hasReferences: row.references !== undefined,
    hasDifficulty: row.difficulty !== undefined,
  });
  const { metrics, classes } = await auditOf(results, row.audit);
  return {
    ...(classes === undefined ? {} : { classes }),
    reading: {
      metrics,
      cost: {
        ...cost,
        imagesForward: cost.imagesForward + before.imagesForward,
        imagesBackward: cost.imagesBackward + before.imagesBackward,
      },
      ...diagnostics(history),
    },
    seconds: {
      unlearn: results.wallMs(row.unlearn) / 1000,
      attackTraining: feedbackStages(row).reduce((sum, stage) => sum + results.wallMs(stage) / 1000, 0),
    },
  };
}

/** What evaluators found on one model, without its curves. */
export async function readAttacks(
  { results }: Pick<PlannedCell, "results">,
  attack: Stage,
): Promise<KeptAttack[]> {
  return decodeAttacks(await results.artefact(attack)).map(({ attack: name, shadowsOf, mark, reading }) => ({
    attack: name,
    ...(shadowsOf === undefined ? {} : { shadowsOf }),
    ...(mark === undefined ? {} : { mark }),
    reading: hasStrength(reading) ? strengthOf(reading) : reading,
  }));
}

function strengthOf({
  auc,
  aucInterval,
  tpr,
  turnedTpr,
  smallestFpr,
  samples,
}: AttackStrengthReading): StudyStrength {
  return { auc, aucInterval, tpr, turnedTpr, smallestFpr, samples };
}

/** Points that the course of a cosine is kept as. */
const cosinePoints = 100;

/** Conflicts of the two gradients, where a method has them. */
function diagnostics({
  conflict,
  cosine,
}: ModelArtefact["history"]): Pick<RowLine["reading"], "conflictShare" | "cosine" | "meanCosine"> {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    ...(conflict === undefined || conflict.length === 0 ? {} : { conflictShare: mean(conflict) }),
    ...(cosine === undefined || cosine.length === 0
      ? {}
      : {
          meanCosine: mean(cosine),
          cosine: thinSeries(cosine, { points: cosinePoints }).map(({ value }) => value),
        }),
  };
}

async function auditOf(results: StageResults, audit: Stage): Promise<AuditArtefact> {
  return decodeJson<AuditArtefact>(await results.artefact(audit));
}

async function countsOf({
  plan,
  results,
}: Pick<PlannedCell, "plan" | "results">): Promise<ReturnType<typeof countSets>> {
  return countSets({
    ...decodeSplits(await results.artefact(plan.prepare)),
    accessibleRetain: decodeAccessibleRetain(await results.artefact(plan.accessible)),
  });
}
