import { scalar, tensor1d } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams } from "@ltu/core";

import { layerGramians, sumOfGramians } from "../src/gram.ts";
import { layersOf } from "../src/layers.ts";

describe("layerGramians", () => {
  it("gives one Gramian a layer, and their sum over all parameters", async () => {
    const a = { "one.w": tensor1d([1, 2]), two: scalar(3) };
    const b = { two: scalar(-1), "one.w": tensor1d([4, -1]) };
    const grams = await layerGramians([a, b], layersOf(a, "layer"));
    expect(grams.map((gram) => Array.from(gram))).toEqual([
      [5, 2, 2, 17],
      [9, -3, -3, 1],
    ]);
    expect(Array.from(sumOfGramians(grams))).toEqual([14, -1, -1, 18]);
    [a, b].forEach(disposeParams);
  });

  it("keeps what float32 sums would lose", async () => {
    // 1e4 ones beside one entry of 1e4: their product with (1, ..., 1, -1) is exactly 0.
    const a = { w: tensor1d([...Array.from({ length: 10_000 }, () => 1), 10_000]) };
    const b = { w: tensor1d([...Array.from({ length: 10_000 }, () => 1), -1]) };
    const tiny = { w: tensor1d(Array.from({ length: 10_001 }, (_, i) => (i === 0 ? 1e-30 : 0))) };
    const gram = (await layerGramians([a, b, tiny], layersOf(a, "global")))[0]!;
    expect(gram[1]).toBe(0);
    expect(gram[8]! / 1e-60).toBeCloseTo(1, 6);
    expect(gram[2]! / 1e-30).toBeCloseTo(1, 6);
    [a, b, tiny].forEach(disposeParams);
  });
});
