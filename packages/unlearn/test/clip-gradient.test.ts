import { memory, tensor1d } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams } from "@ltu/core";

import { clipGradient } from "../src/clip-gradient.ts";

describe("clipGradient", () => {
  it("shortens to the limit over all parameters together, and no further", async () => {
    const before = memory().numTensors;
    for (const [limit, expected] of [
      [1, [0.6, 0.8]],
      [10, [3, 4]],
      [null, [3, 4]],
    ] as const) {
      const { gradient, scale } = await clipGradient({ a: tensor1d([3]), b: tensor1d([4]) }, limit);
      const values = [...(await gradient["a"]!.data()), ...(await gradient["b"]!.data())];
      values.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
      expect(scale).toBeCloseTo(expected[0] / 3, 12);
      disposeParams(gradient);
    }
    const zero = await clipGradient({ a: tensor1d([0, 0]) }, 1);
    expect(zero.scale).toBe(1);
    disposeParams(zero.gradient);
    expect(memory().numTensors).toBe(before);
  });
});
