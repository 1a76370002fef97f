import {
  div,
  matMul,
  mean,
  memory,
  mul,
  scalar,
  square,
  sub,
  sum,
  tanh,
  tensor1d,
  tensor2d,
} from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";

import {
  addScaledParams,
  createRng,
  disposeParams,
  dotParams,
  softmaxCrossEntropy,
  type Params,
} from "@ltu/core";

import { disposeMetaGradient, metaGradient, type Loss } from "../src/index.ts";

const made: Tensor[] = [];
const own = <T extends Tensor>(tensor: T): T => {
  made.push(tensor);
  return tensor;
};
afterEach(() => made.splice(0).forEach((tensor) => tensor.dispose()));

const first = async (params: Params | undefined, name = "t"): Promise<number> =>
  (await (params as Record<string, Tensor>)[name]!.data())[0] as number;

/** 1/2 curve (t - centre)^2. */
const parabola =
  (curve: number, centre: number): Loss =>
  ({ t }) =>
    mul(curve / 2, square(sub(t as Tensor, centre))) as Scalar;

describe("metaGradient", () => {
  it.each([
    ["first", 1.4],
    ["second", 1.52],
  ] as const)("gives the number of the specification in %s order", async (order, expected) => {
    const result = await metaGradient({ t: own(scalar(1)) }, parabola(2, 0), [parabola(3, 1)], {
      innerLr: 0.1,
      order,
    });
    expect(await first(result.gradient)).toBeCloseTo(expected, 5);
    expect(await first(result.tuneGradient)).toBeCloseTo(2, 6);
    expect(await first(result.testGradient)).toBeCloseTo(-0.6, 5);
    if (order === "second") expect(await first(result.curvature)).toBeCloseTo(-1.2, 4);
    expect(result.tuneLoss).toBeCloseTo(1, 6);
    expect(result.testLosses[0]).toBeCloseTo(0.06, 5);
    expect(result.evaluations).toEqual({ tune: order === "second" ? 3 : 1, test: 1 });
    disposeMetaGradient(result);
  });

  it("takes the mean of the test losses, not their sum, and weighs it", async () => {
    const t = own(scalar(1));
    const many = await metaGradient({ t }, parabola(2, 0), [parabola(3, 1), parabola(3, 1), parabola(3, 1)], {
      innerLr: 0.1,
      testWeight: 2,
      order: "first",
    });
    expect(await first(many.gradient)).toBeCloseTo(2 - 1.2, 5);
    expect(many.testLosses).toHaveLength(3);
    disposeMetaGradient(many);
  });

  it("is the gradient of the tune loss when there are no tests", async () => {
    for (const order of ["first", "second"] as const) {
      const result = await metaGradient({ t: own(scalar(1)) }, parabola(2, 0), [], { innerLr: 0.1, order });
      expect(await first(result.gradient)).toBe(2);
      expect([result.evaluations, result.testLosses]).toEqual([{ tune: 1, test: 0 }, []]);
      disposeMetaGradient(result);
    }
  });

  it("is the same in both orders when the inner step is zero", async () => {
    await fc.assert(
      fc.asyncProperty(fc.float({ min: -3, max: 3, noNaN: true }), async (at) => {
        const t = scalar(at);
        const [one, two] = [
          await metaGradient({ t }, parabola(2, 0.5), [parabola(3, 1)], { innerLr: 0, order: "first" }),
          await metaGradient({ t }, parabola(2, 0.5), [parabola(3, 1)], { innerLr: 0, order: "second" }),
        ];
        expect(await first(two.gradient)).toBe(await first(one.gradient));
        [one, two].forEach(disposeMetaGradient);
        t.dispose();
      }),
      { numRuns: 20 },
    );
  });

  // Row 17 of the fault list: a meta-test on a deep copy has no gradient with respect to the original.
  it("has a part from the test losses that is not zero and a total that is a finite difference of the objective", async () => {
    const rng = createRng(3);
    const draws = (name: string, rows: number, columns: number): Tensor2D =>
      own(tensor2d(rng.split(name).normals(rows * columns), [rows, columns]));
    const [support, query] = [draws("support", 6, 3), draws("query", 5, 3)];
    const labels = own(tensor1d([0, 1, 2, 0, 1, 2], "int32"));
    const queryLabels = own(tensor1d([2, 1, 0, 2, 0], "int32"));
    const loss =
      (x: Tensor2D, y: Tensor1D): Loss =>
      ({ W1, W2 }) =>
        mean(
          softmaxCrossEntropy(matMul(tanh(matMul(x, W1 as Tensor2D)), W2 as Tensor2D) as Tensor2D, y),
        ) as Scalar;
    const params = { W1: draws("W1", 3, 4), W2: draws("W2", 4, 3) };
    const options = { innerLr: 0.2, testWeight: 1.5, order: "second" } as const;
    const objectiveAt = async (at: Params): Promise<number> => {
      const parts = await metaGradient(at, loss(support, labels), [loss(query, queryLabels)], options);
      disposeMetaGradient(parts);
      return parts.tuneLoss + options.testWeight * (parts.testLosses[0] as number);
    };
    const result = await metaGradient(params, loss(support, labels), [loss(query, queryLabels)], options);
    const direction = { W1: draws("d1", 3, 4), W2: draws("d2", 4, 3) };
    const along = async (tree: Params): Promise<number> => dotParams(tree, direction);
    const shifted = (by: number): Params => {
      const moved = addScaledParams(params, direction, by);
      made.push(...Object.values(moved));
      return moved;
    };
    const numeric = ((await objectiveAt(shifted(0.01))) - (await objectiveAt(shifted(-0.01)))) / 0.02;
    expect(Math.abs(await along(result.testGradient))).toBeGreaterThan(0.01);
    expect(Math.abs((await along(result.gradient)) - numeric)).toBeLessThan(2e-3);
    disposeMetaGradient(result);
  });

  it("leaves the parameters as they were and holds nothing but its result", async () => {
    const t = own(tensor1d([1, 2]));
    const loss: Loss = ({ t: at }) => sum(square(at as Tensor)) as Scalar;
    const before = memory().numTensors;
    const result = await metaGradient({ t }, loss, [loss, loss], { innerLr: 0.1, order: "second" });
    expect(memory().numTensors).toBe(before + 4);
    disposeMetaGradient(result);
    expect(memory().numTensors).toBe(before);
    expect(Array.from(await t.data())).toEqual([1, 2]);
  });

  it("names the loss that is not finite, and holds nothing after the error", async () => {
    const t = own(scalar(1));
    const broken: Loss = ({ t: at }) => div(at as Tensor, 0) as Scalar;
    const before = memory().numTensors;
    const fine = parabola(1, 0);
    await expect(metaGradient({ t }, broken, [fine], { innerLr: 0.1 })).rejects.toThrow("the tune loss is");
    await expect(metaGradient({ t }, fine, [fine, broken], { innerLr: 0.1 })).rejects.toMatchObject({
      code: "DIVERGED",
      message: expect.stringContaining("test loss 1") as string,
    });
    expect(memory().numTensors).toBe(before);
  });

  it("refuses options out of range", async () => {
    const t = own(scalar(1));
    const run = (options: object): Promise<unknown> =>
      metaGradient({ t }, parabola(1, 0), [], { innerLr: 0.1, ...options });
    await expect(run({ innerLr: -1 })).rejects.toThrow("innerLr must be a number of at least 0, found -1");
    await expect(run({ testWeight: Number.NaN })).rejects.toMatchObject({ code: "OPTION" });
    await expect(run({ order: "first", curvatureSteps: [0.1] })).rejects.toThrow("curvatureSteps belong to");
    await expect(run({ order: "third" })).rejects.toThrow('found "third"');
  });
});

describe("disposeMetaGradient", () => {
  it("releases a first-order result, which has no curvature", async () => {
    const before = memory().numTensors;
    const t = scalar(1);
    const result = await metaGradient({ t }, parabola(2, 0), [], { innerLr: 0.1, order: "first" });
    disposeMetaGradient(result);
    disposeParams({ t });
    expect(memory().numTensors).toBe(before);
  });
});
