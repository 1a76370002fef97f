import { disposeParams, isLtuError, type BatchSource, type Predictions } from "@ltu/core";
import { auc, unlearningMetrics } from "@ltu/metrics";
import { trueProbabilityFloat64 } from "@ltu/mia";
import { confidenceSvc } from "@ltu/mia/evaluators";
import { isMissing, type Reading, type RowMetrics } from "@ltu/report";
import type { Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { encodeJson } from "./json-artefact.ts";
import { decodeSplits } from "./prepare.ts";
import { decodeModel } from "./weights-artefact.ts";

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
        // A method may add classes of its own: a prediction of one of them is wrong, for labels are those of the data.
        const source = describedAs(batches, classes);
        const outputs: Record<"forget" | "retain" | "test", Predictions> = {
          forget: await predict(audited, weights, source, forgetSet, { signal }),
          retain: await predict(audited, weights, source, retainSet, { signal }),
          test: await predict(audited, weights, source, testSet, { signal }),
        };
        return encodeJson(measure(outputs));
      } finally {
        [weights.params, weights.stats].forEach(disposeParams);
      }
    },
  };
}

/** The same batches, for a model with another number of classes. */
function describedAs(batches: BatchSource, classes: number): BatchSource {
  const { imageShape } = batches;
  const source: BatchSource = Object.assign((...request: Parameters<BatchSource>) => batches(...request), {
    imageShape,
    classes,
  });
  return source;
}

/** The numbers of one model; where one cannot be had, a reason code stands in its place. */
function measure(outputs: Record<"forget" | "retain" | "test", Predictions>): RowMetrics {
  const { forget, test } = outputs;
  const miaEfficacy = reading(() => confidenceSvc().evaluate(outputs).efficacyPercent);
  // The three accuracies do not depend on the attack; its number is passed on where there is one.
  const { UA, RA, TA } = unlearningMetrics(outputs, {
    miaEfficacy: isMissing(miaEfficacy) ? 0 : miaEfficacy,
  });
  const aucForgetTest = reading(() => auc(trueProbabilityFloat64(forget), trueProbabilityFloat64(test)));
  return { ua: UA, ra: RA, ta: TA, miaEfficacy, aucForgetTest };
}

function reading(measureIt: () => number): Reading {
  try {
    return measureIt();
  } catch (error) {
    const noSignal = isLtuError(error) && error.code === "NO_SIGNAL";
    return { reason: noSignal ? "NO_SIGNAL" : "FAILED", detail: (error as Error).message };
  }
}
