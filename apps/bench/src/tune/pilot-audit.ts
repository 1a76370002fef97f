import type { Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import { auditStage } from "../stages/audit.ts";
import { encodeJson } from "../stages/json-artefact.ts";
import { decodeSplits } from "../stages/prepare.ts";

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
      return encodeJson(
        Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, Array.from(set)])),
      );
    },
  };
}

/** Measures one model as an experiment does, on the sets of a pilot run. */
export function pilotAuditStage(
  context: RunContext,
  { sets, unlearned, label }: { readonly sets: Stage; readonly unlearned: Stage; readonly label: string },
): Stage {
  return auditStage(context, { prepare: sets, unlearned, label });
}
