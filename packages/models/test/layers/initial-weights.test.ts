import { type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { createRng, disposeParams, type ModelWeights } from "@ltu/core";

import { initialWeights, type LayerSpec } from "../../src/index.ts";

const numbers = async (value: Tensor | undefined): Promise<number[]> =>
  Array.from(await (value as Tensor).data());
const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

describe("initialWeights", () => {
  it("draws convolutions from a normal with variance 2 / (size^2 out)", async () => {
    const weights = initialWeights([{ kind: "conv", name: "c", size: 3, in: 40, out: 50 }], createRng(1));
    const values = await numbers(weights.params["c.weight"]);
    const variance = values.reduce((total, value) => total + value * value, 0) / values.length;
    // Five standard errors of a variance: 5 sqrt(2 / n).
    expect(Math.abs(variance / (2 / (9 * 50)) - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    expect(weights.params["c.weight"]?.shape).toEqual([3, 3, 40, 50]);
    dispose(weights);
  });

  it("takes the other side of the kernel for fan in: a variance of 2 / (size^2 in)", async () => {
    const spec = { kind: "conv", name: "c", size: 3, in: 40, out: 50, fan: "in" } as const;
    const weights = initialWeights([spec], createRng(1));
    const values = await numbers(weights.params["c.weight"]);
    const variance = values.reduce((total, value) => total + value * value, 0) / values.length;
    expect(Math.abs(variance / (2 / (9 * 40)) - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    dispose(weights);
  });

  it("draws linear layers from a normal and without bias where asked", async () => {
    const spec = { kind: "dense", name: "fc", in: 100, out: 30, std: 0.01, bias: "zeros" } as const;
    const weights = initialWeights([spec], createRng(1));
    const values = await numbers(weights.params["fc.weight"]);
    const variance = values.reduce((total, value) => total + value * value, 0) / values.length;
    expect(Math.abs(variance / 1e-4 - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    expect(await numbers(weights.params["fc.bias"])).toEqual(Array.from({ length: 30 }, () => 0));
    dispose(weights);
  });

  it("draws linear layers uniformly within 1 / sqrt(in)", async () => {
    const weights = initialWeights([{ kind: "dense", name: "fc", in: 100, out: 30 }], createRng(1));
    const values = await numbers(weights.params["fc.weight"]);
    expect(Math.max(...values)).toBeLessThanOrEqual(0.1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.1);
    expect(Math.max(...values)).toBeGreaterThan(0.099);
    expect(Math.min(...values)).toBeLessThan(-0.099);
    expect(weights.params["fc.bias"]?.shape).toEqual([30]);
    dispose(weights);
  });

  it("starts batch norm at weight 1, bias 0, mean 0, variance 1", async () => {
    const weights = initialWeights([{ kind: "batchNorm", name: "bn", channels: 2 }], createRng(1));
    expect(await numbers(weights.params["bn.weight"])).toEqual([1, 1]);
    expect(await numbers(weights.params["bn.bias"])).toEqual([0, 0]);
    expect(await numbers(weights.stats["bn.running_mean"])).toEqual([0, 0]);
    expect(await numbers(weights.stats["bn.running_var"])).toEqual([1, 1]);
    dispose(weights);
  });

  it("draws each parameter from its own stream: a further layer changes none of the others", async () => {
    const fc: LayerSpec = { kind: "dense", name: "fc", in: 4, out: 2 };
    const alone = initialWeights([fc], createRng(1));
    const more = initialWeights([{ kind: "conv", name: "c", size: 1, in: 2, out: 2 }, fc], createRng(1));
    expect(await numbers(more.params["fc.weight"])).toEqual(await numbers(alone.params["fc.weight"]));
    dispose(alone);
    dispose(more);
  });
});
