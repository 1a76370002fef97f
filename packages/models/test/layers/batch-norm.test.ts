import { tensor, tensor1d, tidy, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, type ModelWeights, type Params } from "@ltu/core";

import { batchNorm, updateRunningStatistics } from "../../src/index.ts";

const numbers = async (value: Tensor | undefined): Promise<number[]> =>
  Array.from(await (value as Tensor).data());

/** One channel with weight 2 and bias 1, running mean 3 and variance 4. */
const oneChannel = (): ModelWeights => ({
  params: { "bn.weight": tensor1d([2]), "bn.bias": tensor1d([1]) },
  stats: { "bn.running_mean": tensor1d([3]), "bn.running_var": tensor1d([4]) },
});

const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

describe("batchNorm", () => {
  it("normalises by the biased variance of the batch: 1 and 5 become -1 and 1 before weight and bias", async () => {
    const weights = oneChannel();
    const y = tidy(() => batchNorm(tensor([1, 5], [2, 1]), "bn", weights, { mode: "batch", epsilon: 0 }).y);
    expect(await numbers(y)).toEqual([-1, 3]);
    y.dispose();
    dispose(weights);
  });

  it("uses the running statistics in mode eval: (5 - 3) / 2", async () => {
    const weights = oneChannel();
    const y = tidy(() => batchNorm(tensor([5], [1, 1]), "bn", weights, { mode: "eval", epsilon: 0 }).y);
    expect((await numbers(y))[0]).toBeCloseTo(3, 6);
    y.dispose();
    dispose(weights);
  });
});

describe("updateRunningStatistics", () => {
  const updated = (count: number, options?: { momentum: number }): Params => {
    const weights = oneChannel();
    const mean = tensor1d([13]);
    const variance = tensor1d([8]);
    const running = updateRunningStatistics(weights.stats, [{ layer: "bn", mean, variance, count }], options);
    [mean, variance].forEach((made) => made.dispose());
    dispose(weights);
    return running;
  };

  it("moves a tenth of the way, and by the unbiased variance: 0.9 x 4 + 0.1 x 8 x 5 / 4 = 4.6", async () => {
    const running = updated(5);
    expect((await numbers(running["bn.running_mean"]))[0]).toBeCloseTo(4, 6);
    expect((await numbers(running["bn.running_var"]))[0]).toBeCloseTo(4.6, 6);
    disposeParams(running);
  });

  it("takes another momentum", async () => {
    const running = updated(5, { momentum: 0.5 });
    expect((await numbers(running["bn.running_mean"]))[0]).toBeCloseTo(8, 6);
    disposeParams(running);
  });

  it("stays finite for a batch of one number a channel", async () => {
    const running = updated(1);
    expect((await numbers(running["bn.running_var"]))[0]).toBeCloseTo(0.9 * 4 + 0.1 * 8, 6);
    disposeParams(running);
  });

  it("updates several layers at once, each with its own numbers, and is empty for none", async () => {
    const stats = {
      "a.running_mean": tensor1d([0, 10]),
      "a.running_var": tensor1d([1, 1]),
      "b.running_mean": tensor1d([100]),
      "b.running_var": tensor1d([1]),
    };
    const one = tensor1d([10]);
    const two = tensor1d([10, 20]);
    const running = updateRunningStatistics(stats, [
      { layer: "a", mean: two, variance: two, count: 2 },
      { layer: "b", mean: one, variance: one, count: 11 },
    ]);
    const expected = [[1, 11], [0.9 + 2, 0.9 + 4], [91], [0.9 + 1.1]];
    expect(Object.keys(running)).toEqual(Object.keys(stats));
    for (const [i, value] of Object.values(running).entries()) {
      for (const [c, want] of (expected[i] as number[]).entries()) {
        expect((await numbers(value))[c]).toBeCloseTo(want, 5);
      }
    }
    expect(updateRunningStatistics({}, [])).toEqual({});
    [one, two].forEach((made) => made.dispose());
    [stats, running].forEach(disposeParams);
  });
});
