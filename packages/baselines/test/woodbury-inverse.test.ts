import { tensor1d } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { disposeParams, type Params } from "@ltu/core";

import { woodburyInverse } from "../src/woodbury-inverse.ts";
import { treesOf } from "./trees-of.ts";

/** F^-1 v for v and gradients given as lists. */
async function inverse(v: readonly number[], gradients: readonly (readonly number[])[]): Promise<number[]> {
  const start: Params = { w: tensor1d([...v]) };
  const k = await woodburyInverse(start, treesOf(gradients));
  const numbers = Array.from((await k["w"]?.data()) ?? []);
  [start, k].forEach(disposeParams);
  return numbers;
}

describe("woodburyInverse", () => {
  it("by hand: inverts the identity plus the mean outer product", async () => {
    // F = I + 1/2 ((1, 0)(1, 0)^T + (1, 1)(1, 1)^T) = ((2, .5), (.5, 1.5)), determinant 2.75, v = (1, 2):
    // F^-1 v = (1.5 - 1, -.5 + 4) / 2.75.
    const [first, second] = await inverse(
      [1, 2],
      [
        [1, 0],
        [1, 1],
      ],
    );
    expect(first).toBeCloseTo(0.5 / 2.75, 6);
    expect(second).toBeCloseTo(3.5 / 2.75, 6);
  });

  it("gives what F takes back to v, for any gradients and more of them than a block holds", async () => {
    const number = fc.float({ min: -2, max: 2, noNaN: true });
    const row = fc.array(number, { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(row, fc.array(row, { minLength: 1, maxLength: 70 }), async (v, gradients) => {
        const k = await inverse(v, gradients);
        const back = k.map((value, i) => {
          const along = (g: readonly number[]): number =>
            g.reduce((sum, x, j) => sum + x * (k[j] as number), 0);
          return (
            value + gradients.reduce((sum, g) => sum + (g[i] as number) * along(g), 0) / gradients.length
          );
        });
        // Float32 sums of up to 70 products of size 4.
        back.forEach((value, i) => expect(value).toBeCloseTo(Math.fround(v[i] as number), 4));
      }),
      { numRuns: 40, examples: [[[1, 1, 1], Array.from({ length: 65 }, (_, i) => [1, i / 65, -1])]] },
    );
  });

  it("does not depend on the order of the gradients, as the recursion of public code does", async () => {
    const gradients = [
      [1, 0],
      [1, 1],
      [0, 2],
    ];
    const [one, other] = [await inverse([1, 2], gradients), await inverse([1, 2], gradients.toReversed())];
    one.forEach((value, i) => expect(value).toBeCloseTo(other[i] as number, 6));
  });
});
