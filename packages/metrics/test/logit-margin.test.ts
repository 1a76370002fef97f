import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { logitMargin } from "../src/index.ts";

describe("logitMargin", () => {
  it("is log(p / (1 - p)) of the true class", () => {
    const p = Math.exp(2) / (Math.exp(2) + Math.exp(1) + 1);
    expect(logitMargin({ logits: [2, 1, 0], labels: [0], classes: 3 })[0]).toBeCloseTo(
      Math.log(p / (1 - p)),
      12,
    );
    expect([...logitMargin({ logits: [3, 1, 3, 1], labels: [0, 1], classes: 2 })]).toEqual([2, -2]);
  });

  it("is finite for any finite logits and does not change when all logits move together", () => {
    const row = fc.array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        row,
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: -100, max: 100 }),
        (logits, label, shift) => {
          const margin = logitMargin({ logits, labels: [label], classes: 3 })[0]!;
          const moved = logits.map((logit) => logit + shift);
          expect(Number.isFinite(margin)).toBe(true);
          expect(logitMargin({ logits: moved, labels: [label], classes: 3 })[0]).toBeCloseTo(margin, 6);
        },
      ),
    );
  });

  it("refuses malformed outputs in one sentence", () => {
    expect(() => logitMargin({ logits: [1], labels: [0], classes: 1 })).toThrow(
      /at least 2 classes, found 1/,
    );
    expect(() => logitMargin({ logits: [1, 2, 3], labels: [0], classes: 2 })).toThrow(
      /1 x 2 logits, found 3/,
    );
    expect(() => logitMargin({ logits: [1, 2], labels: [2], classes: 2 })).toThrow(
      /from 0 to 1, found 2 at sample 0/,
    );
    expect(() => logitMargin({ logits: [1, Number.NaN], labels: [0], classes: 2 })).toThrow(
      /found NaN at sample 0/,
    );
  });
});
