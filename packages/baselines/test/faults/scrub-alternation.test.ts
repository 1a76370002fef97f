import { add, neg, type Tensor2D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import type { Unlearner } from "@ltu/core";
import { crossEntropy, fit, type PassOutput } from "@ltu/train";

import { scrub } from "../../src/index.ts";
import { frozenLogits } from "../../src/frozen-logits.ts";
import { klDivergence } from "../../src/kl-divergence.ts";
import { expectAlternation } from "../expect-alternation.ts";

const quick = { epochs: 3, msteps: 2, batchSize: 8 } as const;

/**
 * SCRUB as one joint loss on a batch of each set, without its two alternating phases. As in machine-unlearning-pytorch
 * 405bab1.
 */
const jointScrub: Unlearner = {
  ...scrub(quick),
  unlearn: async ({ model, original, batches, forgetSet, retainSet, rng }) => {
    const result = await fit({
      model,
      weights: original,
      batches,
      data: () => [{ zipped: [[{ indexes: retainSet as Int32Array }], [{ indexes: forgetSet }]] }],
      recipe: {
        epochs: quick.epochs,
        batchSize: quick.batchSize,
        schedule: { name: "constant", lr: 0.01 },
        weightDecay: 5e-4,
        augment: true,
      },
      rng,
      objective: ({ passes }) => {
        const [retain, forget] = passes as readonly [PassOutput, PassOutput];
        const divergence = klDivergence(forget.target as Tensor2D, forget.output.logits);
        return add(crossEntropy(retain.output.logits, retain.labels), neg(divergence));
      },
      prepare: ({ images }) => Promise.resolve({ target: frozenLogits(model, original, images) }),
    });
    return { ...result, model };
  },
};

describe("fault 6: a SCRUB without its alternating phases", () => {
  it("is refused, and ours alternates", async () => {
    await expect(expectAlternation(jointScrub, quick)).rejects.toThrow(/deeply equal/);
    await expectAlternation(scrub(quick), quick);
  });
});
