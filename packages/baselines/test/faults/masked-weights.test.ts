import { mul } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { cloneParams, createRng, disposeParams, mapParams, zipParams, type Params } from "@ltu/core";
import { fit, sgd, type Optimizer } from "@ltu/train";

import { maskedSgd, saliencyGradient, saliencyMask } from "../../src/index.ts";
import { forgetSet, model, retainSet, source } from "../run-tiny.ts";

/** Fault 2: the mask meets the gradient alone, so weight decay, and momentum with it, moves what it protects. */
const leaking = (mask: Params): Optimizer => ({
  name: "leaking",
  init: (params) => sgd.init(params),
  step: (params, gradient, state, rates) => {
    const masked = zipParams([gradient, mask], ([g, m]) => mul(g as never, m as never));
    return sgd.step(params, masked, state, rates);
  },
});

/** A relative of it: the mask meets the step, but the momentum of a step before it is let through. */
const lateMask = (mask: Params): Optimizer => ({
  name: "late-mask",
  init: (params) => mapParams(params, (value) => mul(value, 0.01)),
  step: (params, gradient, state, rates) => {
    const masked = zipParams([gradient, mask], ([g, m]) => mul(g as never, m as never));
    return sgd.step(params, masked, state, { ...rates, weightDecay: 0 });
  },
});

/** How many weights outside the mask are not what they were, bit for bit, after a run. */
async function movedProtected(optimizerOf: (mask: Params) => Optimizer): Promise<number> {
  const weights = model.init(createRng(2));
  const pass = { model, weights, batches: source, indexes: forgetSet, batchSize: 4, task: "test" } as const;
  const gradient = await saliencyGradient({ ...pass, mode: "eval" });
  const mask = await saliencyMask(gradient, { density: 0.5 });
  const before = cloneParams(weights.params);
  const result = await fit({
    model,
    weights,
    batches: source,
    data: () => [[{ indexes: forgetSet }], [{ indexes: retainSet }]],
    recipe: {
      epochs: 2,
      batchSize: 8,
      schedule: { name: "constant", lr: 0.01, momentum: 0.9 },
      weightDecay: 5e-4,
      augment: false,
    },
    rng: createRng(3),
    optimizer: optimizerOf(mask),
  });
  let moved = 0;
  for (const [name, bits] of Object.entries(mask)) {
    const kept = await bits.data();
    const start = await before[name]?.data();
    const end = await result.weights.params[name]?.data();
    kept.forEach((bit, i) => {
      if (bit === 0 && !Object.is(start?.[i], end?.[i])) moved += 1;
    });
  }
  for (const tree of [gradient, mask, before, ...Object.values(weights), ...Object.values(result.weights)])
    disposeParams(tree);
  return moved;
}

describe("fault 2: weight decay and momentum move weights that the saliency mask protects", () => {
  it("is caught in a faithful port, and in a mask that comes too late", async () => {
    expect(await movedProtected(leaking)).toBeGreaterThan(10);
    expect(await movedProtected(lateMask)).toBeGreaterThan(10);
  });

  it("is not in ours, and is there where the legacy form is asked for", async () => {
    expect(await movedProtected((mask) => maskedSgd(mask))).toBe(0);
    expect(await movedProtected((mask) => maskedSgd(mask, { legacyWeightDecay: true }))).toBeGreaterThan(10);
  });
});
