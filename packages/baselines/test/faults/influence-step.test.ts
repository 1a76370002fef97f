import { tensor1d } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, type IndexSet, type Params } from "@ltu/core";

import { influenceUnlearning } from "../../src/index.ts";
import { woodFisher } from "../../src/wood-fisher.ts";
import { woodburyInverse } from "../../src/woodbury-inverse.ts";
import { pixels, runOnPixels } from "../pixel-model.ts";
import { treesOf } from "../trees-of.ts";

/** Samples of one pixel: two to forget, three to retain, all different. */
const values = [1, 0.5, 0.25, 0.75, 0];
const labels = [0, 1, 1, 1, 0];
const forgetSet = Int32Array.of(0, 1);
const retainSet = Int32Array.of(2, 3, 4);

/** The gradient of a sample's cross-entropy for w_0 at weights 0: (1/2 - [y = 0]) x. */
const gradientAt = (i: number): number => (labels[i] === 0 ? -0.5 : 0.5) * (values[i] as number);
const sumOver = (set: IndexSet): number => set.reduce((sum, i) => sum + gradientAt(i), 0);

/** A faithful port of the direction, for w_0: both passes run over the loader they are given. */
function portedDirection(forgetLoader: IndexSet, secondLoader: IndexSet): number {
  const [total, total2] = [forgetLoader.length, secondLoader.length];
  const retain = (sumOver(secondLoader) * total) / ((total + total2) * total2);
  return sumOver(forgetLoader) / (total + total2) - retain;
}

/** What removing the forget set asks for: 1/n over D_f, minus n_f / (n n_r) over D_r. */
const wanted = sumOver(forgetSet) / 5 - (2 / (5 * 3)) * sumOver(retainSet);

/** The check: the direction is the wanted one, and not nothing. */
const isDirection = (found: number): boolean => Math.abs(found) > 1e-3 && Math.abs(found - wanted) < 1e-6;

describe("fault 15: the influence step takes its retain gradient over the forget set", () => {
  it("is caught in a faithful port, whose direction is nothing at all", () => {
    expect(isDirection(portedDirection(forgetSet, retainSet))).toBe(true);
    expect(isDirection(portedDirection(forgetSet, forgetSet))).toBe(false);
    expect(portedDirection(forgetSet, forgetSet)).toBeCloseTo(0, 12);
  });

  it("is not in ours", async () => {
    // With a huge N the estimate of the Hessian is the identity, and the step is the direction.
    const method = influenceUnlearning({ fisherSamples: 1e12, batchSize: 2 });
    const { w } = await runOnPixels(method, { batches: pixels(values, labels), forgetSet, retainSet });
    expect(isDirection(w[0] as number)).toBe(true);
  });
});

describe("fault 15: a recursion called WoodFisher that only rescales the first gradient", () => {
  const v = [1, 2];
  const gradients = [
    [1, 0],
    [1, 1],
    [0, 2],
  ];

  /** How far F k is from v, with F = I + (1 / N) sum of g g^T: nothing for the inverse of F. */
  const residual = (k: readonly number[]): number =>
    Math.max(
      ...k.map((value, i) => {
        const back = gradients.reduce((sum, g) => {
          const along = (g[0] as number) * (k[0] as number) + (g[1] as number) * (k[1] as number);
          return sum + ((g[i] as number) * along) / gradients.length;
        }, value);
        return Math.abs(back - (v[i] as number));
      }),
    );

  const run = async (invert: (start: Params) => Promise<Params>): Promise<number> => {
    const start = { w: tensor1d(v) };
    const k = await invert(start);
    const numbers = Array.from((await k["w"]?.data()) ?? []);
    [start, k].forEach(disposeParams);
    return residual(numbers);
  };

  it("is caught in the port, which is our variant of that name", async () => {
    const { length: N } = gradients;
    expect(await run((start) => woodFisher(start, treesOf(gradients), { N }))).toBeGreaterThan(0.5);
    expect(influenceUnlearning().options["variant"]).toBe("reference");
  });

  it("is not in the textbook variant", async () => {
    expect(await run((start) => woodburyInverse(start, treesOf(gradients)))).toBeLessThan(1e-6);
  });
});
