import { mul, sum, tensor, tidy, type Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, valueAndGradient } from "@ltu/core";

import { adaptiveAveragePool } from "../../src/index.ts";

const pooled = async (values: number[], shape: [number, number, number, number]): Promise<number[]> => {
  const y = tidy(() => adaptiveAveragePool(tensor(values, shape) as Tensor4D, 2));
  const numbers = Array.from(await y.data());
  y.dispose();
  return numbers;
};

describe("adaptiveAveragePool", () => {
  it("leaves a 2 x 2 image as it is, channel after channel", async () => {
    expect(await pooled([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2])).toEqual([1, 2, 3, 4, 10, 20, 30, 40]);
  });

  it("takes means of four where 2 divides the size", async () => {
    const image = [0, 4, 1, 1, 8, 0, 1, 1, 2, 2, 5, 5, 2, 2, 5, 9];
    expect(await pooled(image, [1, 4, 4, 1])).toEqual([3, 1, 2, 6]);
  });

  it("lets bins overlap where it does not: rows 0 and 1, rows 1 and 2 of three", async () => {
    expect(await pooled([0, 1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 3, 1])).toEqual([2, 3, 5, 6]);
  });

  it("repeats an axis of one place", async () => {
    expect(await pooled([7, 5], [1, 1, 2, 1])).toEqual([7, 5, 7, 5]);
    expect(await pooled([7, 5], [2, 1, 1, 1])).toEqual([7, 7, 7, 7, 5, 5, 5, 5]);
  });

  it("gives each place the weight of the bins that read it", async () => {
    const x = tensor([0, 1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 3, 1]);
    const cotangent = tensor([4, 8, 12, 16], [1, 4]);
    const { value, gradient } = valueAndGradient(
      (at) => sum(mul(adaptiveAveragePool(at["x"] as Tensor4D, 2), cotangent)),
      { x },
    );
    // Each bin hands a quarter of its cotangent to each of its four places.
    expect(Array.from((await gradient["x"]?.data()) ?? [])).toEqual([1, 3, 2, 4, 10, 6, 3, 7, 4]);
    [x, cotangent, value].forEach((made) => made.dispose());
    disposeParams(gradient);
  });
});
