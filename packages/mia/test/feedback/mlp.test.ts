import { tensor2d, tidy } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import type { ActivationName } from "../../src/feedback/index.ts";
import { initMlp, mlpGradient, mlpLogits, mlpTensor, mlpWeightCount } from "../../src/feedback/mlp.ts";

const shapes: [string, number[], ActivationName][] = [
  ["1-1", [1, 1], "tanh"],
  ["2-3-1", [2, 3, 1], "tanh"],
  ["3-4-1", [3, 4, 1], "gelu"],
  ["2-5-3-1", [2, 5, 3, 1], "relu"],
];

describe("mlp", () => {
  it("has a kernel and a bias in each layer", () => {
    expect(mlpWeightCount({ sizes: [2, 32, 1], activation: "gelu" })).toBe(2 * 32 + 32 + 32 + 1);
  });

  it("starts hidden layers within one over the square root of the inputs, and the last layer at zero", () => {
    const weights = initMlp({ sizes: [4, 50, 1], activation: "tanh" }, createRng(1));
    const first = weights.subarray(0, 250);
    expect(first.every((w) => Math.abs(w) <= 0.5)).toBe(true);
    expect(Math.max(...first)).toBeGreaterThan(0.4);
    expect(weights.subarray(250).every((w) => w === 0)).toBe(true);
  });

  it("computes a network small enough to check by hand", () => {
    // tanh(1 * 2 + 0.5) * 3 - 1
    const logit = mlpLogits(
      { sizes: [1, 1, 1], activation: "tanh" },
      Float64Array.of(1, 0.5, 3, -1),
      Float64Array.of(2),
    )[0];
    expect(logit).toBeCloseTo(3 * Math.tanh(2.5) - 1, 12);
  });

  it.each(shapes)("%s: the tensor form agrees with float64", async (_, sizes, activation) => {
    const shape = { sizes, activation };
    const rng = createRng(2);
    const weights = Float64Array.from(rng.split("weights").normals(mlpWeightCount(shape)));
    const width = sizes[0] as number;
    const features = Float64Array.from(rng.normals(6 * width));
    const logits = tidy(() => mlpTensor(shape, [...weights], tensor2d([...features], [6, width], "float32")));
    expect(logits.shape).toEqual([6]);
    const found = await logits.data();
    logits.dispose();
    mlpLogits(shape, weights, features).forEach((logit, i) => expect(found[i]).toBeCloseTo(logit, 5));
  });

  it.each(shapes)("%s: back-propagation agrees with a finite difference", (_, sizes, activation) => {
    const shape = { sizes, activation };
    const rng = createRng(3);
    const weights = Float64Array.from(rng.split("weights").normals(mlpWeightCount(shape)));
    const width = sizes[0] as number;
    const samples = {
      features: Float64Array.from(rng.normals(5 * width)),
      targets: Float64Array.of(1, 0, 1, 0, 0),
      weights: Float64Array.of(1, 2, 0.5, 1, 3),
    };
    const batch = Int32Array.of(4, 0, 2, 1);
    const loss = (w: Float64Array): number => {
      const logits = mlpLogits(shape, w, samples.features);
      return batch.reduce((total, n) => {
        const u = logits[n] as number;
        const cost = Math.log1p(Math.exp(u)) - (samples.targets[n] as number) * u;
        return total + ((samples.weights[n] as number) * cost) / batch.length;
      }, 0);
    };
    const gradient = mlpGradient(shape, weights, samples, batch);
    gradient.forEach((value, w) => {
      const moved = (by: number): Float64Array => weights.map((old, v) => (v === w ? old + by : old));
      expect(value).toBeCloseTo((loss(moved(1e-6)) - loss(moved(-1e-6))) / 2e-6, 7);
    });
    expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });
});
