import { tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, mapParams, paramCount, type ModelWeights } from "@ltu/core";

import { resnet18 } from "../src/index.ts";
import { quickRng } from "./quick-rng.ts";

const plain = { mean: [0], std: [1] };
const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

describe("resnet18", () => {
  it("has 62 parameter tensors in the order of the reference, 11,173,962 numbers for 10 classes", () => {
    const color = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
    const weights = resnet18({ inputShape: [32, 32, 3], classes: 10, ...color }).init(quickRng());
    const names = Object.keys(weights.params);
    expect(names).toHaveLength(62);
    expect(names.slice(15, 24)).toEqual([
      "layer2.0.conv1.weight",
      "layer2.0.bn1.weight",
      "layer2.0.bn1.bias",
      "layer2.0.conv2.weight",
      "layer2.0.bn2.weight",
      "layer2.0.bn2.bias",
      "layer2.0.downsample.0.weight",
      "layer2.0.downsample.1.weight",
      "layer2.0.downsample.1.bias",
    ]);
    expect(paramCount(weights.params)).toBe(11_173_962);
    expect(paramCount(weights.stats)).toBe(9600);
    dispose(weights);
  });

  it("passes its input through the shortcuts: with blocks that add nothing, only the first of 64 pixels counts", async () => {
    const model = resnet18({ inputShape: [8, 8, 1], classes: 2, ...plain });
    const drawn = model.init(quickRng());
    // The stem and every shortcut hand on channel 0 as it is; the last batch norm of every block adds nothing.
    const params = mapParams(drawn.params, (value, name) => {
      const numbers = new Float32Array(value.size).fill(/(bn1|downsample\.1)\.weight$/.test(name) ? 1 : 0);
      if (name === "conv1.weight") numbers[4 * 64] = 1;
      if (name.endsWith("downsample.0.weight")) numbers[0] = 1;
      return tensor(numbers, value.shape);
    });
    const features = async (pixel: number): Promise<Float32Array> => {
      const pixels = new Float32Array(64);
      pixels[pixel] = 0.5;
      const images = tensor(pixels, [1, 8, 8, 1]) as Tensor4D;
      const output = model.apply({ params, stats: drawn.stats }, images, { mode: "eval" });
      const values = (await output.features.data()) as Float32Array;
      [images, output.logits, output.features].forEach((made) => made.dispose());
      return values;
    };
    const first = await features(0);
    // Four batch norms on the way (the stem's and three shortcuts'), each dividing by sqrt(1 + 1e-5).
    expect(first[0]).toBeCloseTo(0.5 / Math.sqrt(1 + 1e-5) ** 4, 6);
    expect(first.slice(1).every((value) => value === 0)).toBe(true);
    expect((await features(1)).every((value) => value === 0)).toBe(true);
    disposeParams(params);
    dispose(drawn);
  });
});
