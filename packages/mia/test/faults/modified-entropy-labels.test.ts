import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { modifiedEntropyFloat64 } from "../../src/signals/index.ts";

/** Modified entropy of each row of logits. */
type Signal = (logits: readonly (readonly number[])[], labels: readonly number[]) => number[];

interface Parts {
  /** Takes log p where log(1 - p) is meant. */
  readonly takesLogP: boolean;
  /** Treats a class as the true one in every row as soon as one row of the batch has it. */
  readonly mixesLabels: boolean;
}

const softmax = (row: readonly number[]): number[] => {
  const top = Math.max(...row);
  const total = row.reduce((sum, z) => sum + Math.exp(z - top), 0);
  return row.map((z) => Math.exp(z - top) / total);
};
const logOf = (p: number): number => Math.log(p > 0 ? p : 1e-30);

/** As in Unlearn-Saliency, `Classification/evaluation/SVC_MIA.py` lines 12-22, with both parts of its fault. */
const released =
  ({ takesLogP, mixesLabels }: Parts): Signal =>
  (logits, labels) =>
    logits.map((row, i) => {
      const isTrue = (j: number): boolean => (mixesLabels ? labels.includes(j) : labels[i] === j);
      return -softmax(row).reduce(
        (sum, p, j) => sum + (isTrue(j) ? (1 - p) * logOf(p) : p * logOf(takesLogP ? p : 1 - p)),
        0,
      );
    });

const ours: Signal = (logits, labels) => [
  ...modifiedEntropyFloat64({
    logits: Float32Array.from(logits.flat()),
    labels: Int32Array.from(labels),
    classes: logits[0]?.length ?? 0,
  }),
];

/** That M = -(1 - p_y) log p_y - sum over the others of p_j log(1 - p_j), and each row is a matter of its own. */
function expectModifiedEntropy(signal: Signal): void {
  // Probabilities 1/2, 1/4, 1/4.
  const row = [Math.log(2), 0, 0];
  const byHand = -0.5 * Math.log(0.5) - 2 * 0.25 * Math.log(0.75);
  expect(signal([row], [0])[0], "the formula").toBeCloseTo(byHand, 6);
  expect(signal([row, [0, 1, 0]], [0, 1])[0], "a row in company").toBeCloseTo(byHand, 6);
}

describe("fault 1: modified entropy with log p for log(1 - p), and the labels of other rows", () => {
  it("is refused, each of its two parts, and ours is right", () => {
    const both = released({ takesLogP: true, mixesLabels: true });
    expect(() => expectModifiedEntropy(both)).toThrow(/the formula/);
    const logAlone = released({ takesLogP: true, mixesLabels: false });
    expect(() => expectModifiedEntropy(logAlone)).toThrow(/the formula/);
    const labelsAlone = released({ takesLogP: false, mixesLabels: true });
    expect(() => expectModifiedEntropy(labelsAlone)).toThrow(/a row in company/);
    expectModifiedEntropy(released({ takesLogP: false, mixesLabels: false }));
    expectModifiedEntropy(ours);
  });

  it("is the released one, number for number", () => {
    const { cases } = JSON.parse(
      readFileSync(new URL("../../../../golden/mia-features.json", import.meta.url), "utf8"),
    ) as {
      cases: {
        inputs: { logits: { data: number[][] }; labels: number[] };
        expected: { mEntropyFaultyReference: number[] };
      }[];
    };
    expect(cases.length).toBeGreaterThan(0);
    for (const { inputs, expected } of cases) {
      const found = released({ takesLogP: true, mixesLabels: true })(inputs.logits.data, inputs.labels);
      found.forEach((value, i) => {
        const wanted = expected.mEntropyFaultyReference[i] as number;
        expect(Math.abs(value - wanted)).toBeLessThan(1e-4 * (1 + Math.abs(wanted)));
      });
    }
  });
});
