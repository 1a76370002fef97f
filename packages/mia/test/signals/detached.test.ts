import { memory, mul, square, sum, tensor1d, type Scalar, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { valueAndGradient } from "@ltu/core";

import { detached } from "../../src/index.ts";

describe("detached", () => {
  it("has the value of the function and no gradient", async () => {
    const x = tensor1d([3]);
    const before = memory().numTensors;
    const { value, gradient } = valueAndGradient(
      ({ x: input }) => sum(mul(input as Tensor, detached(input as Tensor, square))) as Scalar,
      { x },
    );
    expect(await value.data()).toEqual(Float32Array.of(27));
    expect(await (gradient["x"] as Tensor).data()).toEqual(Float32Array.of(9));
    value.dispose();
    gradient["x"]?.dispose();
    expect(memory().numTensors).toBe(before);
    x.dispose();
  });
});
