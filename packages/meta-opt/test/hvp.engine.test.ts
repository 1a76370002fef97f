import {
  add,
  matMul,
  mean,
  memory,
  mul,
  relu,
  scalar,
  sqrt,
  square,
  sum,
  tensor1d,
  tensor2d,
  zeros,
} from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it } from "vitest";

import { createRng, disposeParams, softmaxCrossEntropy } from "@ltu/core";

import { hvp, hvpSearchSteps, hvpStep, type Loss } from "../src/index.ts";

const made: Tensor[] = [];
const own = <T extends Tensor>(tensor: T): T => {
  made.push(tensor);
  return tensor;
};
afterEach(() => made.splice(0).forEach((tensor) => tensor.dispose()));

describe("hvp", () => {
  it("multiplies by the Hessian of a quadratic", async () => {
    const curves = own(tensor1d([1, 3, -2]));
    const loss: Loss = ({ w }) => sum(mul(curves, square(w as Tensor))) as Scalar;
    const { product, evaluations } = await hvp(
      loss,
      { w: own(tensor1d([1, 0.5, -1])) },
      { w: own(tensor1d([1, -1, 2])) },
    );
    const values = await (product["w"] as Tensor).data();
    [2, -6, -8].forEach((want, i) => expect(values[i]).toBeCloseTo(want, 3));
    expect(evaluations).toBe(2);
    disposeParams(product);
  });

  it("agrees with the closed form of soft-max regression in float64", async () => {
    const [samples, features, classes] = [7, 4, 3];
    const rng = createRng(11);
    const x = rng.split("x").normals(samples * features);
    const w = rng.split("w").normals(features * classes);
    const v = rng.split("v").normals(features * classes);
    const y = Array.from({ length: samples }, (_, i) => i % classes);
    // H v = 1/n sum_n x_n (diag(p_n) - p_n p_n^T) (V^T x_n)
    const expected = new Float64Array(features * classes);
    for (let n = 0; n < samples; n++) {
      const times = (matrix: Float32Array): number[] =>
        Array.from({ length: classes }, (_, c) => {
          let total = 0;
          for (let f = 0; f < features; f++) {
            total += (x[n * features + f] as number) * (matrix[f * classes + c] as number);
          }
          return total;
        });
      const [logits, moved] = [times(w), times(v)];
      const norm = logits.reduce((total, z) => total + Math.exp(z), 0);
      const p = logits.map((z) => Math.exp(z) / norm);
      const average = p.reduce((total, share, c) => total + share * (moved[c] as number), 0);
      for (let f = 0; f < features; f++) {
        for (let c = 0; c < classes; c++) {
          expected[f * classes + c] =
            (expected[f * classes + c] as number) +
            ((x[n * features + f] as number) * (p[c] as number) * ((moved[c] as number) - average)) / samples;
        }
      }
    }
    const images = own(tensor2d(x, [samples, features]));
    const labels = own(tensor1d(y, "int32"));
    const loss: Loss = ({ w: at }) =>
      mean(softmaxCrossEntropy(matMul(images, at as Tensor2D) as Tensor2D, labels)) as Scalar;
    const { product } = await hvp(
      loss,
      { w: own(tensor2d(w, [features, classes])) },
      { w: own(tensor2d(v, [features, classes])) },
    );
    const values = await (product["w"] as Tensor).data();
    expected.forEach((want, i) => expect(Math.abs((values[i] as number) - want)).toBeLessThan(2e-4));
    disposeParams(product);
  });

  it("does not depend on the length of the vector", async () => {
    const loss: Loss = ({ w }) => sum(mul(own(tensor1d([1, 3])), square(w as Tensor))) as Scalar;
    for (const length of [1e-12, 1e6]) {
      const { product } = await hvp(
        loss,
        { w: own(tensor1d([1, 1])) },
        { w: own(tensor1d([length, -length])) },
      );
      const values = await (product["w"] as Tensor).data();
      expect((values[0] as number) / length).toBeCloseTo(2, 3);
      expect((values[1] as number) / length).toBeCloseTo(-6, 3);
      disposeParams(product);
    }
  });

  it("is zero for a zero vector, without an evaluation", async () => {
    let calls = 0;
    const loss: Loss = ({ w }) => {
      calls += 1;
      return sum(square(w as Tensor)) as Scalar;
    };
    const { product, evaluations } = await hvp(loss, { w: own(tensor1d([1, 2])) }, { w: own(zeros([2])) });
    expect(Array.from(await (product["w"] as Tensor).data())).toEqual([0, 0]);
    expect([calls, evaluations]).toEqual([0, 0]);
    disposeParams(product);
  });

  it("crosses a kink only when the step reaches it", async () => {
    const loss: Loss = ({ w }) => square(relu(w as Tensor)) as Scalar;
    const at = { w: own(scalar(0.05)) };
    const along = { w: own(scalar(1)) };
    for (const [step, expected] of [
      [0.01, 2],
      [0.1, 1.5],
    ] as const) {
      const { product } = await hvp(loss, at, along, { steps: [step] });
      expect((await (product["w"] as Tensor).data())[0]).toBeCloseTo(expected, 3);
      disposeParams(product);
    }
  });

  it("finds the step that is right, of several", async () => {
    // A kink at distance 0.05: larger steps cross it, and no two of them agree.
    const kinked: Loss = ({ w }) => square(relu(w as Tensor)) as Scalar;
    const along = { w: own(scalar(1)) };
    const small = await hvp(kinked, { w: own(scalar(0.05)) }, along, { steps: hvpSearchSteps });
    expect((await (small.product["w"] as Tensor).data())[0]).toBeCloseTo(2, 3);
    expect(small.evaluations).toBe(14);
    // A smooth loss with a large gradient, where a small step drowns in rounding.
    const smooth: Loss = ({ w }) => add(square(w as Tensor), mul(w as Tensor, 1000)) as Scalar;
    const large = await hvp(smooth, { w: own(scalar(1)) }, along, { steps: hvpSearchSteps });
    expect((await (large.product["w"] as Tensor).data())[0]).toBeCloseTo(2, 3);
    [small.product, large.product].forEach(disposeParams);
  });

  it("passes over steps at which the loss is no number", async () => {
    // The root of w has the second derivative -w^(-3/2) / 4, and none below 0, which steps above 0.1 reach.
    const loss: Loss = ({ w }) => sum(sqrt(w as Tensor)) as Scalar;
    const at = { w: own(tensor1d([0.1, 4])) };
    const { product } = await hvp(
      loss,
      at,
      { w: own(tensor1d([1, 0])) },
      { steps: [0.3, 0.2, 0.003, 0.002] },
    );
    const [first, second] = await (product["w"] as Tensor).data();
    expect(first).toBeCloseTo(-(0.1 ** -1.5) / 4, 1);
    expect(second).toBeCloseTo(0, 3);
    disposeParams(product);
    // With no step left the caller is given what there is, and sees that it is no number.
    const lost = await hvp(loss, { w: own(tensor1d([-1, 1])) }, at, { steps: [0.3, 0.1] });
    expect(Array.from(await (lost.product["w"] as Tensor).data()).some(Number.isNaN)).toBe(true);
    disposeParams(lost.product);
  });

  it("refuses steps that do not descend", async () => {
    const w = { w: own(scalar(1)) };
    const loss: Loss = ({ w: at }) => square(at as Tensor) as Scalar;
    for (const steps of [[], [0.1, 0.1], [-1], [Number.NaN]]) {
      await expect(hvp(loss, w, w, { steps })).rejects.toMatchObject({ code: "OPTION" });
    }
  });

  it("holds nothing but its result", async () => {
    const w = own(tensor1d([1, 2]));
    const before = memory().numTensors;
    const { product } = await hvp(({ w: at }) => sum(square(at as Tensor)) as Scalar, { w }, { w });
    expect(memory().numTensors).toBe(before + 1);
    disposeParams(product);
  });
});

describe("hvpStep", () => {
  it("is the rule of DARTS, and a thousandth of large weights", () => {
    expect([hvpStep(0), hvpStep(5), hvpStep(50)]).toEqual([0.01, 0.01, 0.05]);
  });
});
