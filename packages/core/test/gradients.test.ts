import { memory, mul, square, sum, tensor1d, type Scalar, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, valueAndGradient } from "../src/index.ts";

describe("valueAndGradient", () => {
  it("gives the value and the gradient of every parameter, zeros for one that plays no part", async () => {
    const params = { a: tensor1d([1, 2]), b: tensor1d([5]) };
    const { value, gradient } = valueAndGradient(({ a }) => sum(square(a as Tensor)), params);
    expect((await value.data())[0]).toBe(5);
    expect(Array.from(await (gradient["a"] as Tensor).data())).toEqual([2, 4]);
    expect(Array.from(await (gradient["b"] as Tensor).data())).toEqual([0]);
    value.dispose();
    disposeParams(params);
    disposeParams(gradient);
  });

  it("leaves no tensor when the loss fails, and works again afterwards", async () => {
    const params = { a: tensor1d([3]) };
    const before = memory().numTensors;
    const failing = ({ a }: Record<string, Tensor>): Scalar => {
      mul(a as Tensor, square(a as Tensor));
      throw new Error("no loss");
    };
    expect(() => valueAndGradient((p) => failing(p), params)).toThrow("no loss");
    expect(memory().numTensors).toBe(before);
    const { value, gradient } = valueAndGradient(({ a }) => sum(square(a as Tensor)), params);
    expect(Array.from(await (gradient["a"] as Tensor).data())).toEqual([6]);
    value.dispose();
    disposeParams(params);
    disposeParams(gradient);
  });
});
