import { tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { createRng, disposeParams, paramCount, type ModelWeights } from "@ltu/core";

import { resnet20 } from "../src/index.ts";

const color = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

/**
 * Names and shapes of `resnet20s` of the reference code, copied from the golden file resnet18-cifar.json (case
 * resnet20s-10classes-32px): every block has two convolutions, each followed by weight and bias of a batch norm.
 */
const expected: [string, number[]][] = [
  ["conv1.weight", [3, 3, 3, 16]],
  ["bn1.weight", [16]],
  ["bn1.bias", [16]],
  ...["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "3.0", "3.1", "3.2"].flatMap(
    (block): [string, number[]][] => {
      const out = { 1: 16, 2: 32, 3: 64 }[block[0] as "1"];
      const from = block === "2.0" ? 16 : block === "3.0" ? 32 : out;
      return [
        [`layer${block}.conv1.weight`, [3, 3, from, out]],
        [`layer${block}.bn1.weight`, [out]],
        [`layer${block}.bn1.bias`, [out]],
        [`layer${block}.conv2.weight`, [3, 3, out, out]],
        [`layer${block}.bn2.weight`, [out]],
        [`layer${block}.bn2.bias`, [out]],
      ];
    },
  ),
  ["fc.weight", [64, 10]],
  ["fc.bias", [10]],
];

describe("resnet20", () => {
  it("has the parameters of the reference code, by name, shape, order and count", () => {
    const weights = resnet20({ inputShape: [32, 32, 3], classes: 10, ...color }).init(createRng(1));
    expect(Object.entries(weights.params).map(([name, value]) => [name, value.shape])).toEqual(expected);
    expect(expected).toHaveLength(59);
    expect(paramCount(weights.params)).toBe(269_722);
    expect(paramCount(weights.stats)).toBe(1376);
    dispose(weights);
  });

  it("passes its input through the shortcuts: with blocks that add nothing, only every second pixel counts", async () => {
    const model = resnet20({ inputShape: [8, 8, 1], classes: 2, mean: [0], std: [1] });
    const drawn = model.init(createRng(1));
    // Zero weights in the last batch norm of every block leave the shortcut alone.
    const params = Object.fromEntries(
      Object.entries(drawn.params).map(([name, value]) => [
        name,
        name.endsWith("bn2.weight") ? tensor(new Float32Array(value.size), value.shape) : value.clone(),
      ]),
    );
    const features = async (changedPixel: number): Promise<number[]> => {
      const pixels = new Float32Array(64).fill(0.5);
      pixels[changedPixel] = 0.9;
      const images = tensor(pixels, [1, 8, 8, 1]) as Tensor4D;
      const output = model.apply({ params, stats: drawn.stats }, images, { mode: "eval" });
      const values = Array.from(await output.features.data());
      [images, output.logits, output.features].forEach((made) => made.dispose());
      return values;
    };
    const first = await features(0);
    expect(first).toHaveLength(64);
    // 16 channels in the middle of 32, those in the middle of 64: 24 zero channels on both sides.
    expect(first.slice(0, 24).every((value) => value === 0)).toBe(true);
    expect(first.slice(40).every((value) => value === 0)).toBe(true);
    expect(first.slice(24, 40).some((value) => value > 0)).toBe(true);
    disposeParams(params);
    dispose(drawn);
  });
});
