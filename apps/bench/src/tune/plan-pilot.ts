import type { Stage } from "@ltu/runner";

import { planRun } from "../plan.ts";
import type { RunContext } from "../run-context.ts";
import { pilotAuditStage, pilotSetsStage } from "./pilot-audit.ts";
import type { PilotRun } from "./plan-tune.ts";
import { trialStage } from "./trial.ts";

/** The stages of a search at one seed. */
export interface Pilot {
  readonly seed: number;
  /** Measures the retrained model. */
  readonly retrain: Stage;
  /** By method, one for each configuration. */
  readonly trials: readonly (readonly Stage[])[];
  /** All of them, with what they build on, in the order in which they run. */
  readonly stages: readonly Stage[];
}

/** Puts a search at one seed in order: what any run begins with, the retrained model, then trial after trial. */
export function planPilot(context: RunContext, { seed, retrain, trials }: PilotRun): Pilot {
  const plan = planRun(context, [retrain, ...trials.flat().map(({ method }) => method)]);
  const unlearnOf = new Map(plan.rows.map(({ method, unlearn }) => [method, unlearn]));
  const sets = pilotSetsStage(plan.prepare);
  const unlearned = unlearnOf.get(retrain) as Stage;
  const audit = pilotAuditStage(context, { sets, unlearned, label: retrain.label });
  const tried = trials.map((methods) =>
    methods.map(({ method, name }) =>
      trialStage(context, { sets, unlearn: unlearnOf.get(method) as Stage, name }),
    ),
  );
  // Of a run's own stages the audits, which read test images, are left out; each trial unlearns for itself.
  const left = new Set(plan.rows.flatMap((row) => [row.audit, row.unlearn]));
  left.delete(unlearned);
  const before = plan.stages.filter((stage) => !left.has(stage));
  return { seed, retrain: audit, trials: tried, stages: [...before, sets, audit, ...tried.flat()] };
}
