import { tensor1d } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, type Params } from "@ltu/core";

import { adam, type StepPlace } from "../src/index.ts";

const at = (step: number): StepPlace => ({
  step,
  steps: 2,
  epoch: 0,
  epochs: 1,
  stepInEpoch: step,
  phase: 0,
});

describe("adam", () => {
  it("takes steps of the rate against the gradient's sign, whatever its size, and then by its moments", async () => {
    const optimizer = adam();
    const rates = { lr: 0.1, momentum: 0, weightDecay: 0 };
    const params: Params = { w: tensor1d([1, 1]) };
    const gradient: Params = { w: tensor1d([1e-3, -10]) };
    const start = optimizer.init(params);
    const first = optimizer.step(params, gradient, start, { ...rates, place: at(0) });
    const [a, b] = await (first.params["w"] as Params[string]).data();
    expect(a).toBeCloseTo(0.9, 5);
    expect(b).toBeCloseTo(1.1, 5);
    // Gradient 0 at step 2: m = 0.1 g 0.9 / (1 - 0.81), s = 0.001 g^2 0.999 / (1 - 0.998001).
    const zero: Params = { w: tensor1d([0, 0]) };
    const second = optimizer.step(first.params, zero, first.state, { ...rates, place: at(1) });
    const moved = (0.1 * (0.09 / 0.19)) / Math.sqrt(0.000999 / 0.001999);
    expect((await (second.params["w"] as Params[string]).data())[1]).toBeCloseTo(1.1 + moved, 5);
    [params, gradient, zero, start, first.params, first.state, second.params, second.state].forEach(
      disposeParams,
    );
  });

  it("takes weight decay into the gradient, not beside it", async () => {
    const params: Params = { w: tensor1d([2]) };
    const gradient: Params = { w: tensor1d([-0.2]) };
    const optimizer = adam();
    const start = optimizer.init(params);
    // g + 0.1 w = 0: no step at all; AdamW would move by the decay.
    const next = optimizer.step(params, gradient, start, {
      lr: 0.1,
      momentum: 0,
      weightDecay: 0.1,
      place: at(0),
    });
    expect((await (next.params["w"] as Params[string]).data())[0]).toBeCloseTo(2, 5);
    [params, gradient, start, next.params, next.state].forEach(disposeParams);
  });
});
