import type { Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import { auditStage } from "../stages/audit.ts";
import { decodeSplits, encodeSplits } from "../stages/prepare.ts";
import { readOutputsStage } from "../stages/read-outputs.ts";

/**
 * The sets of a pilot run: the validation set stands in place of the test set, which is not there at all. Whatever is
 * measured on it (TA, the non-members of MIA-efficacy) is so of every model alike, the retrained one included.
 */
export function pilotSetsStage(prepare: Stage): Stage {
  return {
    name: "put the validation set in place of the test set",
    inputs: {},
    dependsOn: [prepare],
    run: async ({ artefact }) => {
      const splits = decodeSplits(await artefact(prepare));
      const sets = { ...splits, testSet: splits.valSet };
      return encodeSplits(sets);
    },
  };
}

/** The stages that measure one model as an experiment does, on the sets of a pilot run. */
export interface PilotAudit {
  readonly outputs: Stage;
  readonly audit: Stage;
}

/** Measures one model as an experiment does, on the sets of a pilot run. */
export function pilotAudit(
  context: RunContext,
  { sets, weights, label }: { readonly sets: Stage; readonly weights: Stage; readonly label: string },
): PilotAudit {
  const outputs = readOutputsStage(context, { prepare: sets, weights, label });
  return { outputs, audit: auditStage(context, { outputs, label }) };
}
