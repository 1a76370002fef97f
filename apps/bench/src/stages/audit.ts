import { isLtuError, type IndexSet, type Predictions } from "@ltu/core";
import {
  accuracyPercent,
  auc,
  aucInterval,
  classView,
  clopperPearson,
  isMissing,
  type ClassView,
} from "@ltu/metrics";
import { phiFloat64, trueProbabilityFloat64 } from "@ltu/mia";
import { confidenceSvc } from "@ltu/mia/evaluators";
import type { Ends, Missing, ModelAudit, Reading, RowMetrics } from "@ltu/report";
import type { Stage } from "@ltu/runner";

import { cutAuditSets } from "../audit-sets.ts";
import { testParts, type ForgottenClass } from "../forget/forgotten-class.ts";
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
  { rng, forgotten }: RunContext,
  { outputs, label }: { readonly outputs: Stage; readonly label: string },
): Stage {
  const stream = rng.split("audit");
  return {
    name: `audit: ${label}`,
    inputs: { version: 2, rng: stream.key },
    dependsOn: [outputs],
    run: async ({ artefact }) => {
      const read = decodeOutputs(await artefact(outputs));
      const { unseen } = cutAuditSets(read.test.indexes, stream, forgotten);
      return encodeJson({
        ...measure(read, forgotten),
        phi: phiOf(read, new Set(unseen)),
        ...(forgotten === undefined ? {} : { classes: viewOf(read, forgotten) }),
      } satisfies AuditArtefact);
    },
  };
}

/**
 * The numbers of one model; where one cannot be had, a reason code stands in its place.
 *
 * Where a class is forgotten as a whole, its test images are left out of TA and of what MIA-efficacy is fitted on, and the
 * AUC is between the forget set and them.
 */
function measure(
  { forget, retain, test: all }: ModelOutputs,
  forgotten: ForgottenClass | undefined,
): Pick<AuditArtefact, "intervals" | "metrics"> {
  const parts = testParts(all.indexes, forgotten);
  const test = forgotten === undefined ? all : rowsOf(all, parts.others);
  const unseen = forgotten === undefined ? all : rowsOf(all, parts.forgotten);
  const svc = reading(() => confidenceSvc().evaluate({ forget, retain, test }));
  const miaEfficacy: Reading = isMissing(svc) ? svc : svc.efficacyPercent;
  // One by one: a set whose outputs are no numbers has a reason, and the others keep theirs.
  const accuracyOn = (set: SetOutputs): Reading =>
    reading(() => accuracyPercent(set.logits, set.labels, set.classes));
  const onForget = accuracyOn(forget);
  const ua: Reading = isMissing(onForget) ? onForget : 100 - onForget;
  const [ra, ta] = [accuracyOn(retain), accuracyOn(test)];
  const bySamples = <T>(compare: (members: Float64Array, nonMembers: Float64Array) => T): T | Missing =>
    reading(() => compare(trueProbabilityFloat64(forget), trueProbabilityFloat64(unseen)));
  const interval = bySamples((members, nonMembers) => aucInterval(members, nonMembers));
  const ends = (percent: Reading, { labels: { length } }: Predictions): Ends | Missing =>
    isMissing(percent) ? percent : percentInterval(Math.round((percent / 100) * length), length);
  return {
    metrics: { ua, ra, ta, miaEfficacy, aucForgetTest: bySamples(auc) },
    intervals: {
      ua: ends(ua, forget),
      ra: ends(ra, retain),
      ta: ends(ta, test),
      miaEfficacy: ends(miaEfficacy, forget),
      aucForgetTest: isMissing(interval) ? interval : { low: interval.low, high: interval.high },
    },
  };
}

/** What forgetting a class did to it and to the others. */
function viewOf(
  { forget, test }: ModelOutputs,
  { label, labels, names }: ForgottenClass,
): ClassView | Missing {
  return reading(() =>
    classView(
      { forget, test },
      {
        testClasses: test.indexes.map((index) => labels[index] as number),
        classCount: names.length,
        forgotten: label,
      },
    ),
  );
}

/** Some images of a set, in its order. */
function rowsOf({ indexes, labels, logits, classes }: SetOutputs, wanted: IndexSet): SetOutputs {
  const isWanted = new Set(wanted);
  const rows = Array.from(indexes.keys()).filter((row) => isWanted.has(indexes[row] as number));
  return {
    classes,
    indexes: Int32Array.from(rows, (row) => indexes[row] as number),
    labels: Int32Array.from(rows, (row) => labels[row] as number),
    logits: Float32Array.from(
      rows.flatMap((row) => [...logits.subarray(row * classes, (row + 1) * classes)]),
    ),
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
