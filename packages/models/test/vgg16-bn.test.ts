import { tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, mapParams, paramCount, type ModelWeights } from "@ltu/core";

import { vgg16Bn } from "../src/index.ts";
import { quickRng } from "./quick-rng.ts";

const options = { inputShape: [32, 32, 1], classes: 3, mean: [0], std: [1] } as const;
const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

describe("vgg16Bn", () => {
  it("has 45 parameter tensors named as in the reference, 15,311,818 numbers for 3 channels and 10 classes", async () => {
    const color = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
    const weights = vgg16Bn({ inputShape: [32, 32, 3], classes: 10, ...color }).init(quickRng());
    const names = Object.keys(weights.params);
    expect(names).toHaveLength(45);
    expect(names.filter((name) => weights.params[name]?.rank === 4)).toEqual(
      [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40].map((place) => `features.${place}.weight`),
    );
    expect(names.slice(-6)).toEqual(
      [0, 2, 4].flatMap((place) => [`classifier.${place}.weight`, `classifier.${place}.bias`]),
    );
    expect(paramCount(weights.params)).toBe(15_311_818);
    expect(paramCount(weights.stats)).toBe(8448);
    // Linear layers: normal with deviation 0.01 (five standard errors), and no bias.
    const values = (await weights.params["classifier.0.weight"]?.data()) as Float32Array;
    const moment = values.reduce((total, value) => total + value * value, 0) / values.length;
    expect(Math.abs(moment / 1e-4 - 1)).toBeLessThan(0.1);
    const bias = (await weights.params["classifier.0.bias"]?.data()) as Float32Array;
    expect(bias.every((value) => value === 0)).toBe(true);
    dispose(weights);
  });

  it("flattens channel by channel: a pixel below and left counts in the third of a channel's four bins", async () => {
    const model = vgg16Bn(options);
    const drawn = model.init(quickRng());
    // Convolutions hand on channel 0 as it is; the classifier weighs its four bins by 1, 10, 100 and 1000.
    const params = mapParams(drawn.params, (value, name) => {
      const numbers = new Float32Array(value.size);
      if (value.rank === 4) numbers[4 * (value.shape[2] as number) * (value.shape[3] as number)] = 1;
      if (/^features.*weight$/.test(name) && value.rank === 1) numbers.fill(1);
      if (name === "classifier.0.weight")
        [1, 10, 100, 1000].forEach((weight, bin) => (numbers[bin * 256] = weight));
      if (name === "classifier.2.weight") numbers[0] = 1;
      if (name === "classifier.4.weight") numbers.set([1, 2, 3]);
      return tensor(numbers, value.shape);
    });
    const pixels = new Float32Array(32 * 32);
    pixels[20 * 32 + 3] = 0.5;
    const images = tensor(pixels, [1, 32, 32, 1]) as Tensor4D;
    const output = model.apply({ params, stats: drawn.stats }, images, { mode: "eval" });
    const logits = Array.from(await output.logits.data());
    // Thirteen batch norms divide by sqrt(1 + 1e-5) each; max-pools keep the one bright pixel.
    const bright = 0.5 / Math.sqrt(1 + 1e-5) ** 13;
    [1, 2, 3].forEach((weight, i) => expect(logits[i]).toBeCloseTo(100 * bright * weight, 3));
    expect(output.features.shape).toEqual([1, 256]);
    [images, output.logits, output.features].forEach((made) => made.dispose());
    disposeParams(params);
    dispose(drawn);
  });

  it("accepts any size of at least 16 x 16, smaller ones are one sentence", () => {
    expect(vgg16Bn({ ...options, inputShape: [16, 31, 1] }).inputShape).toEqual([16, 31, 1]);
    expect(() => vgg16Bn({ ...options, inputShape: [32, 15, 1] })).toThrow(
      /at least 16 x 16, found 32 x 15; take/,
    );
    expect(() => vgg16Bn({ ...options, inputShape: [0, 32, 1] })).toThrow(/inputShape must be/);
  });
});
