import type { Stage } from "@ltu/runner";

import { planRun } from "../plan.ts";
import type { RunContext } from "../run-context.ts";
import { pilotAudit, pilotSetsStage } from "./pilot-audit.ts";
import type { PilotRun } from "./plan-tune.ts";
import { trialStage } from "./trial.ts";

/** The stages of a search at one seed. */
export interface Pilot {
  readonly seed: number;
  /** Measure the retrained models; gaps are to the mean. */
  readonly oracles: readonly Stage[];
  /** By method, one for each configuration. */
  readonly trials: readonly (readonly Stage[])[];
  /** All of them, with what they build on, in the order in which they run. */
  readonly stages: readonly Stage[];
}

/** Puts a search at one seed in order: what any run begins with, the retrained models, then trial after trial. */
export function planPilot(context: RunContext, { seed, retrain, trials }: PilotRun): Pilot {
  const plan = planRun(context, [retrain, ...trials.flat().map(({ method }) => method)]);
  const unlearnOf = new Map(plan.rows.map(({ method, unlearn }) => [method, unlearn]));
  const sets = pilotSetsStage(plan.prepare);
  const { reference, heldOut } = plan.oracles;
  const audits = reference.map(({ name, train }, i) =>
    pilotAudit(context, { sets, weights: train, label: i === 0 ? retrain.label : name }),
  );
  const oracles = audits.map(({ audit }) => audit);
  const tried = trials.map((methods) =>
    methods.map(({ method, name }) =>
      trialStage(context, { sets, unlearn: unlearnOf.get(method) as Stage, name }),
    ),
  );
  // Of a run's own stages the audits, which read test images, are left out, and the held-out oracles, which only a table
  // needs; each trial unlearns for itself.
  const left = new Set([
    ...[plan.originalAudit, ...plan.rows, ...reference, ...heldOut].flatMap(({ outputs, audit }) => [
      outputs,
      audit,
    ]),
    ...plan.rows.map(({ unlearn }) => unlearn),
    ...heldOut.map(({ train }) => train),
  ]);
  for (const { train } of reference) left.delete(train);
  const before = plan.stages.filter((stage) => !left.has(stage));
  return {
    seed,
    oracles,
    trials: tried,
    stages: [...before, sets, ...audits.flatMap(({ outputs, audit }) => [outputs, audit]), ...tried.flat()],
  };
}
