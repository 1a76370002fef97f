import { tensor1d } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, type Params } from "@ltu/core";

import { woodFisher } from "../src/wood-fisher.ts";
import { treesOf } from "./trees-of.ts";

/** k for v and gradients given as lists. */
async function recur(
  v: readonly number[],
  gradients: readonly (readonly number[])[],
  N: number,
): Promise<number[]> {
  const start: Params = { w: tensor1d([...v]) };
  const k = await woodFisher(start, treesOf(gradients), { N });
  const numbers = Array.from((await k["w"]?.data()) ?? []);
  [start, k].forEach(disposeParams);
  return numbers;
}

describe("woodFisher", () => {
  it("by hand: takes the first gradient to begin with, and updates k before it", async () => {
    // o = (1, 0), g_1 = (1, 1), N = 1000: t = 1, k = (1, 2) - 3 / 1001 (1, 0).
    const [first, second] = await recur(
      [1, 2],
      [
        [1, 0],
        [1, 1],
      ],
      1000,
    );
    expect(first).toBeCloseTo(0.997003, 6);
    expect(second).toBe(2);
    // o is now (1, 0) (1 - 1 / 1001) = (.999001, 0); g_2 = (0, 1) has t = 0 and k . g = 2: k loses 2 / 1000 o.
    const [third] = await recur(
      [1, 2],
      [
        [1, 0],
        [1, 1],
        [0, 1],
      ],
      1000,
    );
    expect(third).toBeCloseTo(0.997003 - 0.002 * 0.999001, 6);
  });

  it("stays in v + span{g_0}, whatever the other gradients are", async () => {
    const [, second] = await recur(
      [1, 2],
      [
        [1, 0],
        [3, -4],
        [0, 7],
        [-2, 5],
      ],
      10,
    );
    expect(second).toBe(2);
  });

  it("is v itself where there is one gradient or none", async () => {
    expect(await recur([1, 2], [], 10)).toEqual([1, 2]);
    expect(await recur([1, 2], [[5, 5]], 10)).toEqual([1, 2]);
  });
});
