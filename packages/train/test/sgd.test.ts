import { tensor1d, type Tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { disposeParams, type Params } from "@ltu/core";

import { sgd } from "../src/index.ts";

const first = async (tree: Params): Promise<number> => (await (tree["w"] as Tensor).data())[0] as number;

describe("sgd", () => {
  it("follows v <- 0.9 v + g + 0.1 p, p <- p - 0.5 v by hand: p = 1, g = 0.4 twice", async () => {
    const gradient = { w: tensor1d([0.4]) };
    const start = { w: tensor1d([1]) };
    const zero = sgd.init(start);
    const options = { lr: 0.5, momentum: 0.9, weightDecay: 0.1 };
    const one = sgd.step(start, gradient, zero, options);
    // v = 0.5, p = 0.75; then v = 0.45 + 0.4 + 0.075 = 0.925, p = 0.2875.
    expect(await first(one.state)).toBeCloseTo(0.5, 6);
    expect(await first(one.params)).toBeCloseTo(0.75, 6);
    const two = sgd.step(one.params, gradient, one.state, options);
    expect(await first(two.state)).toBeCloseTo(0.925, 6);
    expect(await first(two.params)).toBeCloseTo(0.2875, 6);
    expect(await first(start)).toBe(1);
    [gradient, start, zero, one.params, one.state, two.params, two.state].forEach(disposeParams);
  });

  it("moves nothing with a rate of 0, for any numbers", async () => {
    const number = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
    await fc.assert(
      fc.asyncProperty(number, number, async (p, g) => {
        const params = { w: tensor1d([p]) };
        const gradient = { w: tensor1d([g]) };
        const state = sgd.init(params);
        const next = sgd.step(params, gradient, state, { lr: 0, momentum: 0.9, weightDecay: 1 });
        // A zero may change its sign: -0 - 0 x (-g) is +0. Adding 0 makes both +0.
        expect((await first(next.params)) + 0).toBe((await first(params)) + 0);
        [params, gradient, state, next.params, next.state].forEach(disposeParams);
      }),
      { numRuns: 20 },
    );
  });
});
