import { disposeParams, type Predictions } from "@ltu/core";
import { auc, unlearningMetrics, type MeasuredUnlearning } from "@ltu/metrics";
import { trueProbabilityFloat64 } from "@ltu/mia";
import { confidenceSvc } from "@ltu/mia/evaluators";
import type { Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { encodeJson } from "./json-artefact.ts";
import { decodeSplits } from "./prepare.ts";
import { decodeModel } from "./weights-artefact.ts";

/** Everything measured on one finished model. */
export interface AuditRecord {
  readonly metrics: MeasuredUnlearning;
  /** AUC of p_y with the forget set as members and the test set as non-members, 0 to 1. */
  readonly aucForgetTest: number;
}

/** Measures one model: UA, RA, TA on all of their sets, MIA-efficacy, and the AUC between forget and test set. */
export function auditStage(
  { model, batches, ground }: RunContext,
  {
    prepare,
    unlearned,
    label,
  }: { readonly prepare: Stage; readonly unlearned: Stage; readonly label: string },
): Stage {
  return {
    name: `audit: ${label}`,
    inputs: { ground },
    dependsOn: [prepare, unlearned],
    run: async ({ artefact, signal }) => {
      const { forgetSet, retainSet, testSet } = decodeSplits(await artefact(prepare));
      const { weights, classes } = decodeModel(await artefact(unlearned));
      const audited = classes === model.classes ? model : model.withClasses(classes);
      try {
        const outputs: Record<"forget" | "retain" | "test", Predictions> = {
          forget: await predict(audited, weights, batches, forgetSet, { signal }),
          retain: await predict(audited, weights, batches, retainSet, { signal }),
          test: await predict(audited, weights, batches, testSet, { signal }),
        };
        return encodeJson(measure(outputs));
      } finally {
        [weights.params, weights.stats].forEach(disposeParams);
      }
    },
  };
}

function measure({ forget, retain, test }: Record<"forget" | "retain" | "test", Predictions>): AuditRecord {
  const { efficacyPercent } = confidenceSvc().evaluate({ retain, test, forget });
  return {
    metrics: unlearningMetrics({ forget, retain, test }, { miaEfficacy: efficacyPercent }),
    aucForgetTest: auc(trueProbabilityFloat64(forget), trueProbabilityFloat64(test)),
  };
}
