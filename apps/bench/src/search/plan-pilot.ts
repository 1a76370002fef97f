import type { Stage } from "@ltu/runner";

import { planRun } from "../plan.ts";
import type { RunContext } from "../run-context.ts";
import { pilotAudit, pilotSetsStage } from "./pilot-audit.ts";
import type { PilotRun, PilotTrial } from "./plan-search.ts";
import { trialStage } from "./trial.ts";

/** The stages of a search at one seed. */
export interface Pilot {
  /** Measure the retrained models; gaps are to the mean. Empty where that is known. */
  readonly oracles: readonly Stage[];
  /** One for each configuration. */
  readonly trials: readonly Stage[];
  /** All of them, with what they build on, in the order in which they run. */
  readonly stages: readonly Stage[];
}

/** What of a pilot run is to be made. */
export interface PilotRequest extends Pick<PilotRun, "retrain"> {
  readonly trials: readonly PilotTrial[];
  /** Whether the retrained models are wanted. */
  readonly measureRetrained: boolean;
}

/** Puts a search at one seed in order: what any run begins with, the retrained models, then trial after trial. */
export function planPilot(context: RunContext, { retrain, trials, measureRetrained }: PilotRequest): Pilot {
  const plan = planRun(context, [retrain, ...trials.map(({ method }) => method)]);
  const unlearnOf = new Map(plan.rows.map(({ method, unlearn }) => [method, unlearn]));
  const sets = pilotSetsStage(plan.prepare);
  const { reference, heldOut } = plan.oracles;
  const measured = measureRetrained ? reference : [];
  const audits = measured.map(({ name, train }, i) =>
    pilotAudit(context, { sets, weights: train, label: i === 0 ? retrain.label : name }),
  );
  const oracles = audits.map(({ audit }) => audit);
  const tried = trials.map(({ method, name }) =>
    trialStage(context, { sets, unlearn: unlearnOf.get(method) as Stage, name }),
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
  for (const { train } of reference) {
    if (measureRetrained) left.delete(train);
    else left.add(train);
  }
  const before = plan.stages.filter((stage) => !left.has(stage));
  return {
    oracles,
    trials: tried,
    stages: [...before, sets, ...audits.flatMap(({ outputs, audit }) => [outputs, audit]), ...tried],
  };
}
