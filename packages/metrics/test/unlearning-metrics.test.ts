import { describe, expect, it } from "vitest";

import { unlearningMetrics } from "../src/index.ts";

/** Outputs of two classes of which the first `right` of `size` are predicted rightly. */
const outputs = (right: number, size: number) => ({
  logits: Float32Array.from({ length: 2 * size }, (_, k) => (k % 2 === 0 ? 1 : 0)),
  labels: Int32Array.from({ length: size }, (_, i) => (i < right ? 0 : 1)),
  classes: 2,
});

describe("unlearningMetrics", () => {
  it("turns the accuracy on the forget set round and the others not", () => {
    const metrics = unlearningMetrics(
      { forget: outputs(1, 4), retain: outputs(9, 10), test: outputs(4, 5) },
      { miaEfficacy: 78.6 },
    );
    expect(metrics).toEqual({
      UA: 75,
      RA: 90,
      TA: 80,
      MIA: 78.6,
      samples: { forget: 4, retain: 10, test: 5 },
    });
  });

  it("says what is wrong with an empty set or a share in place of a percentage", () => {
    const set = outputs(1, 2);
    expect(() =>
      unlearningMetrics({ forget: outputs(0, 0), retain: set, test: set }, { miaEfficacy: 1 }),
    ).toThrow("at least one sample");
    expect(() =>
      unlearningMetrics({ forget: set, retain: set, test: set }, { miaEfficacy: Number.NaN }),
    ).toThrow("percentage from 0 to 100, found NaN");
  });
});
