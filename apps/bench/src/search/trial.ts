import { disposeParams, isLtuError } from "@ltu/core";
import type { RowMetrics } from "@ltu/report";
import type { Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import type { AuditArtefact } from "../stages/audit.ts";
import { decodeJson, encodeJson } from "../stages/json-artefact.ts";
import { decodeModel, type ModelArtefact } from "../stages/weights-artefact.ts";
import { pilotAudit } from "./pilot-audit.ts";

/** What one configuration came to at one seed. */
export type TrialOutcome =
  | { readonly metrics: RowMetrics; readonly cost: ModelArtefact["cost"] }
  /** It diverged; `detail` names the step. */
  | { readonly failed: { readonly reason: "DIVERGED"; readonly detail: string } };

/**
 * One configuration at one pilot seed, from the original model to its numbers, as one stage: a divergence is an outcome
 * and does not end the search, the weights are not kept, and a search that was killed finds it again.
 */
export function trialStage(
  context: RunContext,
  { sets, unlearn, name }: { readonly sets: Stage; readonly unlearn: Stage; readonly name: string },
): Stage {
  const { outputs, audit } = pilotAudit(context, { sets, weights: unlearn, label: name });
  return {
    name: `try ${name}`,
    inputs: { unlearn: unlearn.inputs, outputs: outputs.inputs, audit: audit.inputs },
    dependsOn: [...new Set([...unlearn.dependsOn, sets])],
    run: async (stage) => {
      let model: Uint8Array;
      try {
        model = await unlearn.run(stage);
      } catch (error) {
        if (!isLtuError(error) || error.code !== "DIVERGED") throw error;
        return encodeJson({ failed: { reason: "DIVERGED", detail: error.message } } satisfies TrialOutcome);
      }
      // Model and outputs are made here and kept nowhere.
      const made = new Map([[unlearn, model]]);
      const artefact = async (asked: Stage): Promise<Uint8Array> => made.get(asked) ?? stage.artefact(asked);
      made.set(outputs, await outputs.run({ ...stage, artefact }));
      const { metrics } = decodeJson<AuditArtefact>(await audit.run({ ...stage, artefact }));
      const { weights, cost } = decodeModel(model);
      [weights.params, weights.stats].forEach(disposeParams);
      return encodeJson({ metrics, cost } satisfies TrialOutcome);
    },
  };
}
