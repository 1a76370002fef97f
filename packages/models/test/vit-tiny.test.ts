import {
  add,
  mean,
  mul,
  tensor,
  tensor1d,
  tensor4d,
  tidy,
  zerosLike,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import {
  addScaledParams,
  createRng,
  disposeParams,
  mapParams,
  paramCount,
  sgdStep,
  softmaxCrossEntropy,
  valueAndGradient,
  type Model,
  type ModelWeights,
  type Params,
  type Rng,
} from "@ltu/core";

import { vitTiny } from "../src/index.ts";
import { quickRng } from "./quick-rng.ts";

const color = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
const tinyOptions = {
  inputShape: [8, 8, 1],
  classes: 2,
  depth: 2,
  width: 12,
  heads: 3,
  mean: [0.5],
  std: [0.25],
} as const;

const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

function countOf(model: Model): number {
  const weights = model.init(quickRng());
  const count = paramCount(weights.params);
  dispose(weights);
  return count;
}

/** (patch^2 channels + 1) width, tokens, twelve times norms, qkv, proj and perceptron, a norm, a linear layer. */
const formula = (size: number, patch: number, classes: number): number =>
  (patch ** 2 * 3 + 1) * 192 +
  192 +
  ((size / patch) ** 2 + 1) * 192 +
  12 * (4 * 192 + 12 * 192 ** 2 + 9 * 192) +
  2 * 192 +
  193 * classes;

describe("vitTiny", () => {
  it("has the parameters of its formula, and with 224 pixels those of vit_tiny_patch16_224", () => {
    const count = (size: number, classes: number, patch?: number): number =>
      countOf(
        vitTiny({
          inputShape: [size, size, 3],
          classes,
          ...color,
          ...(patch === undefined ? {} : { patch }),
        }),
      );
    // As timm states it, and Touvron and others, 2021, table 1 (5.7 million).
    expect(count(224, 1000, 16)).toBe(5_717_416);
    expect(count(32, 10)).toBe(5_362_762);
    expect(count(32, 10)).toBe(formula(32, 4, 10));
    expect(count(64, 200)).toBe(formula(64, 8, 200));
  });

  it("has a token for each patch and one for the class, and features as wide as a token", () => {
    const model = vitTiny({ ...tinyOptions, inputShape: [8, 12, 1] });
    const weights = model.init(createRng(1));
    expect(weights.params["pos_embed"]?.shape).toEqual([1, 7, 12]);
    expect(weights.stats).toEqual({});
    const images = tensor4d(createRng(2).normals(2 * 96), [2, 8, 12, 1]);
    const { logits, features } = model.apply(weights, images, { mode: "eval" });
    expect([logits.shape, features.shape]).toEqual([
      [2, 2],
      [2, 12],
    ]);
    [logits, features, images].forEach((made) => made.dispose());
    dispose(weights);
  });

  it("has a gradient that a finite difference confirms, in every parameter", async () => {
    const model = vitTiny(tinyOptions);
    const rng = createRng(5);
    // Weights of the size of one, so that no part of the gradient is near zero.
    const drawn = model.init(rng);
    const params: Params = Object.fromEntries(
      Object.entries(drawn.params).map(([name, value]) => [name, noise(value, 0.3, rng.split(name))]),
    );
    const images = tensor4d(rng.split("images").normals(3 * 64), [3, 8, 8, 1]);
    const labels = tensor1d([0, 1, 1], "int32");
    const loss = (at: Params): Scalar =>
      mean(
        softmaxCrossEntropy(model.apply({ params: at, stats: {} }, images, { mode: "train" }).logits, labels),
      );
    const { value, gradient } = valueAndGradient(loss, params);
    for (const name of Object.keys(params)) {
      const direction = Object.fromEntries(
        Object.entries(params).map(([other, each]) => [
          other,
          noise(each, other === name ? 1 : 0, rng.split("way"), 0),
        ]),
      );
      const step = 1e-2 / Math.sqrt((params[name] as Tensor).size);
      const numbers: number[] = [];
      for (const sign of [1, -1]) {
        const at = addScaledParams(params, direction, sign * step);
        const there = tidy(() => loss(at));
        numbers.push((await there.data())[0] as number);
        there.dispose();
        disposeParams(at);
      }
      const [up, down] = numbers as [number, number];
      const along = await inner(gradient[name] as Tensor, direction[name] as Tensor);
      // The loss is exact to about 1e-7, and the difference is divided by 2 step.
      expect(Math.abs((up - down) / (2 * step) - along), name).toBeLessThan(2e-3 + 2e-2 * Math.abs(along));
      disposeParams(direction);
    }
    [value, images, labels].forEach((made) => made.dispose());
    [params, gradient, drawn.params].forEach(disposeParams);
  });

  it("learns to tell stripes across from stripes down within a second", async () => {
    const model = vitTiny({ ...tinyOptions, depth: 1, width: 16, heads: 2, patch: 4 });
    const [images, labels] = stripes(createRng(3));
    let { params } = model.init(createRng(4));
    let velocity = mapParams(params, (each) => zerosLike(each));
    const losses: number[] = [];
    for (let i = 0; i < 60; i++) {
      const { value, gradient } = valueAndGradient(
        (at) =>
          mean(
            softmaxCrossEntropy(
              model.apply({ params: at, stats: {} }, images, { mode: "train" }).logits,
              labels,
            ),
          ),
        params,
      );
      const next = sgdStep(params, gradient, velocity, { lr: 0.05, momentum: 0.9, weightDecay: 0 });
      losses.push((await value.data())[0] as number);
      value.dispose();
      [params, gradient, velocity].forEach(disposeParams);
      ({ params, velocity } = next);
    }
    disposeParams(velocity);
    expect(losses[0]).toBeGreaterThan(0.5);
    expect(losses.at(-1)).toBeLessThan(0.1);
    const { logits, features } = model.apply({ params, stats: {} }, images, { mode: "eval" });
    const [found, wanted] = [await logits.data(), await labels.data()];
    const right = Array.from(
      wanted,
      (label, i) => (found[2 * i + label] as number) > (found[2 * i + 1 - label] as number),
    );
    expect(right.filter(Boolean)).toHaveLength(wanted.length);
    [logits, features, images, labels].forEach((made) => made.dispose());
    disposeParams(params);
  });

  it("refuses sizes that do not divide, in one sentence", () => {
    expect(() => vitTiny({ ...tinyOptions, heads: 5 })).toThrow(/heads must divide the width 12, found 5/);
    expect(() => vitTiny({ ...tinyOptions, patch: 3 })).toThrow(/patch must divide images of 8 x 8, found 3/);
    expect(() => vitTiny({ ...tinyOptions, depth: 0 })).toThrow(
      /depth must be a whole number of at least 1, found 0/,
    );
    expect(() => vitTiny({ ...tinyOptions, classes: 1 })).toThrow(/classes must be/);
  });
});

/** The value times `keep`, and normal draws on top. */
function noise(value: Tensor, scale: number, rng: Rng, keep = 1): Tensor {
  return tidy(() => add(mul(value, keep), tensor(rng.normals(value.size, scale), value.shape)));
}

/** The inner product of two tensors of one shape. */
async function inner(a: Tensor, b: Tensor): Promise<number> {
  const [left, right] = [await a.data(), await b.data()];
  return Array.from(left).reduce((total, value, i) => total + value * (right[i] as number), 0);
}

/** Noisy stripes across (class 0) or down (class 1), shifted by 0 or 1. */
function stripes(rng: Rng): [Tensor4D, Tensor1D] {
  const labels = Int32Array.from({ length: 16 }, (_, i) => i % 2);
  const pixels = Array.from(labels).flatMap((label) => {
    const shift = rng.integer(2);
    return Array.from({ length: 64 }, (_, place) => {
      const along = label === 0 ? Math.floor(place / 8) : place % 8;
      return 0.3 * rng.uniform() + 0.7 * ((along + shift) % 2);
    });
  });
  return [tensor4d(pixels, [16, 8, 8, 1]), tensor1d(labels, "int32")];
}
