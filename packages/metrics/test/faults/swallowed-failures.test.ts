import { describe, expect, it } from "vitest";

import {
  accuracyPercent,
  allReadings,
  attackStrength,
  isMissing,
  metricDefinitions,
  unlearningMetrics,
  type LabelledLogits,
  type Reading,
} from "../../src/index.ts";

interface Evaluation {
  readonly readings: Readonly<Record<string, Reading | undefined>>;
  /** Samples of the retain set that were scored. */
  readonly retainSamples: number | undefined;
  readonly miaDirection: string;
}

interface Sets {
  readonly forget: LabelledLogits;
  readonly retain: LabelledLogits;
  readonly test: LabelledLogits;
}

type Evaluate = (sets: Sets, attack: () => number) => Evaluation;

/** A thousand samples of each set, no word of a failure. As in machine-unlearning-pytorch 405bab1. */
const silent: Evaluate = (sets, attack) => {
  const limited = ({ logits, labels, classes }: LabelledLogits): number =>
    accuracyPercent(Array.from(logits).slice(0, 1000 * classes), Array.from(labels).slice(0, 1000), classes);
  const readings: Record<string, number> = {
    RA: limited(sets.retain),
    FA: limited(sets.forget),
    TA: limited(sets.test),
  };
  try {
    readings["MIA"] = attack();
  } catch {
    // As released: the failure leaves no trace.
  }
  return { readings, retainSamples: undefined, miaDirection: "lower" };
};

const ours: Evaluate = (sets, attack) => {
  let mia: Reading;
  try {
    mia = attack();
  } catch (error) {
    mia = { reason: "FAILED", detail: (error as Error).message };
  }
  const { UA, RA, TA, samples } = unlearningMetrics(sets, { miaEfficacy: isMissing(mia) ? 0 : mia });
  return {
    readings: allReadings({ UA, RA, TA, MIA: mia }),
    retainSamples: samples.retain,
    miaDirection: metricDefinitions.MIA.direction,
  };
};

/** That a failure has a reason, every sample counts and is counted, and no direction is called good. */
function expectHonest(evaluate: Evaluate): void {
  const set = (right: number, wrong: number): LabelledLogits => ({
    logits: Array.from({ length: right + wrong }, () => [1, 0]).flat(),
    labels: Array.from({ length: right + wrong }, (_, i) => (i < right ? 0 : 1)),
    classes: 2,
  });
  const sets = { forget: set(1, 1), retain: set(1000, 1000), test: set(1, 1) };
  const found = evaluate(sets, () => {
    throw new Error("no kernel");
  });
  expect(found.readings["MIA"], "a failure has a reason").toEqual({ reason: "FAILED", detail: "no kernel" });
  // The first thousand are all right.
  expect(found.readings["RA"], "every sample is scored").toBe(50);
  expect(found.retainSamples, "the number of samples is told").toBe(2000);
  expect(found.miaDirection, "a true-negative rate has no good end").toBe("reference");
}

describe("fault 11: failures swallowed, samples left out, a direction made up", () => {
  it("is refused, and ours gives reasons, counts samples and defines directions", () => {
    expect(() => expectHonest(silent)).toThrow(/a failure has a reason/);
    expectHonest(ours);
  });

  it("is refused in each of its parts", () => {
    const reasoned: Evaluate = (sets, attack) => {
      const found = silent(sets, attack);
      return { ...found, readings: { ...found.readings, MIA: { reason: "FAILED", detail: "no kernel" } } };
    };
    expect(() => expectHonest(reasoned)).toThrow(/every sample is scored/);
    const complete: Evaluate = (sets, attack) => ({ ...ours(sets, attack), retainSamples: undefined });
    expect(() => expectHonest(complete)).toThrow(/the number of samples/);
    const oneSided: Evaluate = (sets, attack) => ({ ...ours(sets, attack), miaDirection: "lower" });
    expect(() => expectHonest(oneSided)).toThrow(/no good end/);
  });

  it("tells how many samples an attack was measured on", () => {
    expect(attackStrength([1, 2, 3], [0, 1]).samples).toEqual({ members: 3, nonMembers: 2 });
  });
});
