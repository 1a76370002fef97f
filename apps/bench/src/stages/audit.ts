import { isLtuError, type Predictions } from "@ltu/core";
import { auc, aucInterval, clopperPearson, isMissing, unlearningMetrics } from "@ltu/metrics";
import { phiFloat64, trueProbabilityFloat64 } from "@ltu/mia";
import { confidenceSvc } from "@ltu/mia/evaluators";
import type { Ends, Missing, ModelAudit, Reading, RowMetrics } from "@ltu/report";
import type { Stage } from "@ltu/runner";

import { cutAuditSets } from "../audit-sets.ts";
import type { RunContext } from "../run-context.ts";
import { encodeJson } from "./json-artefact.ts";
import { decodeOutputs, type ModelOutputs, type SetOutputs } from "./read-outputs.ts";

/** What the stage leaves: the metrics of one model, their intervals, and phi of single images. */
export type AuditArtefact = { readonly metrics: RowMetrics } & Omit<ModelAudit, "attacks">;

/**
 * Measures one model from its outputs: UA, RA, TA on all of their sets, MIA-efficacy, the AUC between forget and test
 * set, and their intervals over samples. No model is asked here.
 */
export function auditStage(
  { rng }: RunContext,
  { outputs, label }: { readonly outputs: Stage; readonly label: string },
): Stage {
  const stream = rng.split("audit");
  return {
    name: `audit: ${label}`,
    inputs: { version: 2, rng: stream.key },
    dependsOn: [outputs],
    run: async ({ artefact }) => {
      const read = decodeOutputs(await artefact(outputs));
      const { unseen } = cutAuditSets(read.test.indexes, stream);
      return encodeJson({ ...measure(read), phi: phiOf(read, new Set(unseen)) } satisfies AuditArtefact);
    },
  };
}

/** The numbers of one model; where one cannot be had, a reason code stands in its place. */
function measure(outputs: ModelOutputs): Pick<AuditArtefact, "intervals" | "metrics"> {
  const { forget, retain, test } = outputs;
  const svc = reading(() => confidenceSvc().evaluate(outputs));
  const miaEfficacy: Reading = isMissing(svc) ? svc : svc.efficacyPercent;
  // The three accuracies do not depend on the attack; its number is passed on where there is one.
  const { UA, RA, TA } = unlearningMetrics(outputs, {
    miaEfficacy: isMissing(miaEfficacy) ? 0 : miaEfficacy,
  });
  const bySamples = <T>(compare: (members: Float64Array, nonMembers: Float64Array) => T): T | Missing =>
    reading(() => compare(trueProbabilityFloat64(forget), trueProbabilityFloat64(test)));
  const interval = bySamples((members, nonMembers) => aucInterval(members, nonMembers));
  const ends = (percent: number, { labels: { length } }: Predictions): Ends =>
    percentInterval(Math.round((percent / 100) * length), length);
  return {
    metrics: { ua: UA, ra: RA, ta: TA, miaEfficacy, aucForgetTest: bySamples(auc) },
    intervals: {
      ua: ends(UA, forget),
      ra: ends(RA, retain),
      ta: ends(TA, test),
      miaEfficacy: isMissing(miaEfficacy) ? miaEfficacy : ends(miaEfficacy, forget),
      aucForgetTest: isMissing(interval) ? interval : { low: interval.low, high: interval.high },
    },
  };
}

function percentInterval(successes: number, trials: number): Ends {
  const { low, high } = clopperPearson(successes, trials);
  return { low: 100 * low, high: 100 * high };
}

/** Of every forgotten image and of the test images that attacks are scored on; empty where a logit is not finite. */
function phiOf({ forget, test }: ModelOutputs, unseen: ReadonlySet<number>): AuditArtefact["phi"] {
  const rounded = (set: SetOutputs): number[] => {
    const phi = reading(() => phiFloat64(set));
    return isMissing(phi) ? [] : Array.from(phi, (value) => Number(value.toFixed(4)));
  };
  const ofTest = rounded(test);
  return {
    forget: rounded(forget),
    unseen: ofTest.filter((_, row) => unseen.has(test.indexes[row] as number)),
  };
}

function reading<T>(measureIt: () => T): T | Missing {
  try {
    return measureIt();
  } catch (error) {
    const noSignal = isLtuError(error) && error.code === "NO_SIGNAL";
    return { reason: noSignal ? "NO_SIGNAL" : "FAILED", detail: (error as Error).message };
  }
}
