import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { modifiedEntropyFloat64 } from "../../src/index.ts";

const outputsOf = (rows: number[][], labels: number[]) => ({
  logits: Float32Array.from(rows.flat()),
  labels: Int32Array.from(labels),
  classes: rows[0]?.length ?? 0,
});

describe("modifiedEntropy", () => {
  it("is -(1 - p_y) log p_y - sum over the others of p_j log(1 - p_j)", () => {
    // Probabilities 1/2, 1/4, 1/4.
    const row = [Math.log(2), 0, 0];
    const [own, other] = modifiedEntropyFloat64(outputsOf([row, row], [0, 1]));
    expect(own).toBeCloseTo(-0.5 * Math.log(0.5) - 2 * 0.25 * Math.log(0.75), 6);
    expect(other).toBeCloseTo(-0.75 * Math.log(0.25) - 0.5 * Math.log(0.5) - 0.25 * Math.log(0.75), 6);
  });

  it("is low only for a confident and right prediction", () => {
    const [right, unsure, wrong] = modifiedEntropyFloat64(
      outputsOf(
        [
          [9, 0, 0],
          [0, 0, 0],
          [0, 9, 0],
        ],
        [0, 0, 0],
      ),
    );
    expect(right).toBeLessThan(0.01);
    expect(unsure).toBeGreaterThan(right as number);
    expect(wrong).toBeGreaterThan(unsure as number);
  });

  it("of a row does not change with the other rows of the batch", () => {
    const row = [1, -2, 0.5];
    const alone = modifiedEntropyFloat64(outputsOf([row], [2]))[0];
    const among = modifiedEntropyFloat64(outputsOf([[4, 0, 1], row, [0, 0, 3]], [0, 2, 1]))[1];
    expect(among).toBe(alone);
  });

  it("differs from the faulty formula in every golden case of three classes or more", () => {
    const golden = JSON.parse(
      readFileSync(new URL("../../../../golden/mia-features.json", import.meta.url), "utf8"),
    ) as {
      cases: {
        inputs: { logits: { shape: number[]; data: number[][] }; labels: number[] };
        expected: { mEntropyFaultyReference: number[] };
      }[];
    };
    const cases = golden.cases.filter(({ inputs }) => (inputs.logits.shape[1] as number) > 2);
    expect(cases.length).toBeGreaterThan(0);
    for (const { inputs, expected } of cases) {
      const ours = modifiedEntropyFloat64(outputsOf(inputs.logits.data, inputs.labels));
      ours.forEach((value, i) => {
        expect(Math.abs(value - (expected.mEntropyFaultyReference[i] as number))).toBeGreaterThan(1e-3);
      });
    }
  });
});
