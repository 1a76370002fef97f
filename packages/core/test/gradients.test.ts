import {
  add,
  keep,
  memory,
  mul,
  scalar,
  square,
  sum,
  tensor1d,
  type Scalar,
  type Tensor,
} from "@tensorflow/tfjs-core";
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

  it("gives zeros for everything when the loss depends on nothing", async () => {
    const params = { a: tensor1d([1, 2]) };
    const { value, gradient } = valueAndGradient(() => scalar(7), params);
    expect((await value.data())[0]).toBe(7);
    expect(Array.from(await (gradient["a"] as Tensor).data())).toEqual([0, 0]);
    value.dispose();
    disposeParams(params);
    disposeParams(gradient);
  });

  it("adds up what reaches a parameter on several ways", async () => {
    const params = { a: tensor1d([3]), b: tensor1d([5]) };
    // a b + a + a: da = b + 2, db = a
    const { value, gradient } = valueAndGradient(
      ({ a, b }) => sum(add(add(mul(a as Tensor, b as Tensor), a as Tensor), a as Tensor)) as Scalar,
      params,
    );
    expect(Array.from(await (gradient["a"] as Tensor).data())).toEqual([7]);
    expect(Array.from(await (gradient["b"] as Tensor).data())).toEqual([3]);
    value.dispose();
    disposeParams(params);
    disposeParams(gradient);
  });

  it("lets tensors that the loss keeps survive", async () => {
    const params = { a: tensor1d([3]) };
    const kept: Tensor[] = [];
    const { value, gradient } = valueAndGradient(({ a }) => {
      kept.push(keep(square(a as Tensor)));
      return sum(mul(a as Tensor, 2)) as Scalar;
    }, params);
    expect(Array.from(await (kept[0] as Tensor).data())).toEqual([9]);
    kept[0]?.dispose();
    value.dispose();
    disposeParams(params);
    disposeParams(gradient);
  });

  it("gives a value of its own, also where the loss returns a parameter", async () => {
    const params = { a: scalar(3) };
    const { value, gradient } = valueAndGradient(({ a }) => a as Scalar, params);
    disposeParams(params);
    expect((await value.data())[0]).toBe(3);
    expect((await (gradient["a"] as Tensor).data())[0]).toBe(1);
    value.dispose();
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
