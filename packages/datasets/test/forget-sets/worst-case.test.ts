import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { worstCase } from "../../src/index.ts";
import { expectForgetSet, shuffled, someTrainSet } from "./shuffled.ts";

/** One round of the reference from equal weights: descend along loss + 2 gamma w, then the count largest weights. */
function firstRound(losses: Float32Array, count: number): number[] {
  const weights = [...losses].map((loss) => {
    const weight = count / losses.length;
    return weight - 0.1 * (loss + 2 * 1e-4 * weight);
  });
  return [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!).slice(0, count);
}

describe("worstCase", () => {
  it("takes the asked end of the scores", () => {
    const trainSet = Int32Array.of(5, 6, 7, 8);
    const scores = [0.4, -1, 3, 0.4];
    expect([...worstCase(trainSet, { scores, hardest: "lowest", count: 2 })]).toEqual([5, 6]);
    expect([...worstCase(trainSet, { scores, hardest: "highest", count: 2 })]).toEqual([5, 7]);
  });

  it("takes what the first round of the reference takes", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 39 }), (seed, count) => {
        const trainSet = someTrainSet(40);
        const scores = createRng(seed).normals(40).map(Math.abs);
        const forgetSet = worstCase(trainSet, { scores, hardest: "lowest", count });
        expectForgetSet(forgetSet, trainSet, count);
        expect([...forgetSet].map((index) => (index - 3) / 7)).toEqual(
          firstRound(scores, count).sort((a, b) => a - b),
        );
        const other = shuffled(trainSet, scores, seed);
        for (const hardest of ["lowest", "highest"] as const) {
          expect(worstCase(other.trainSet, { scores: other.rows, hardest, count })).toEqual(
            worstCase(trainSet, { scores, hardest, count }),
          );
        }
      }),
    );
  });

  it("refuses what does not fit in one sentence", () => {
    const trainSet = someTrainSet(3);
    const good = { scores: [1, 2, 3], hardest: "lowest" as const, count: 1 };
    const forget = (more: object) => () => worstCase(trainSet, { ...good, ...more });
    expect(forget({ count: 3 })).toThrow(/worstCase: count must be a whole number from 1 to 2/);
    expect(forget({ scores: [1] })).toThrow(/one number for each of the 3 training images/);
    expect(forget({ scores: [1, 2, Number.NaN], hardest: "highest" })).toThrow(
      /must be finite, found NaN for image 17/,
    );
    expect(forget({ hardest: "loss" })).toThrow(/hardest must be "lowest" or "highest", found "loss"/);
  });
});
