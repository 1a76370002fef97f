import { tensor2d, type Tensor2D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { disposeParams, valueAndGradient } from "@ltu/core";

import { klDivergence } from "../src/kl-divergence.ts";

async function divergence(teacher: number[][], student: number[][], temperature = 1): Promise<number> {
  const [t, s] = [tensor2d(teacher), tensor2d(student)];
  const value = klDivergence(t, s, { temperature });
  const [found] = await value.data<"float32">();
  [t, s, value].forEach((tensor) => tensor.dispose());
  return found as number;
}

const row = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 4, maxLength: 4 });

describe("klDivergence", () => {
  it("by hand: of (3/4, 1/4) from its teacher (1/2, 1/2), mean over the batch", async () => {
    const [even, biased] = [
      [0, 0],
      [Math.log(3), 0],
    ];
    expect(await divergence([even], [biased])).toBeCloseTo(0.5 * Math.log(4 / 3), 6);
    expect(await divergence([biased], [even])).toBeCloseTo(0.75 * Math.log(1.5) - 0.25 * Math.LN2, 6);
    expect(await divergence([even, even], [biased, even])).toBeCloseTo(0.25 * Math.log(4 / 3), 6);
  });

  it("divides both by the temperature", async () => {
    // At temperature 2 the logits 2 log 3 and 0 are again (3/4, 1/4).
    expect(await divergence([[0, 0]], [[2 * Math.log(3), 0]], 2)).toBeCloseTo(0.5 * Math.log(4 / 3), 6);
  });

  it("is 0 for equal logits up to a constant, never clearly negative, and finite for certain teachers", async () => {
    await fc.assert(
      fc.asyncProperty(
        row,
        row,
        fc.double({ min: -9, max: 9, noNaN: true }),
        async (teacher, student, shift) => {
          expect(await divergence([teacher], [student])).toBeGreaterThan(-1e-5);
          expect(await divergence([teacher], [teacher.map((z) => z + shift)])).toBeCloseTo(0, 4);
        },
      ),
      { numRuns: 10 },
    );
    expect(await divergence([[1e4, 0]], [[0, 0]])).toBeCloseTo(Math.LN2, 5);
    expect(await divergence([[1e4, 0]], [[0, 1e4]])).toBeCloseTo(1e4, 0);
  });

  it("has the gradient (p_student - p_teacher) / batch in the student's logits", async () => {
    const teacher = tensor2d([[0, 0]]);
    const student = { z: tensor2d([[Math.log(3), 0]]) };
    const { value, gradient } = valueAndGradient(({ z }) => klDivergence(teacher, z as Tensor2D), student);
    const found = await gradient["z"]?.data<"float32">();
    expect(found?.[0]).toBeCloseTo(0.25, 6);
    expect(found?.[1]).toBeCloseTo(-0.25, 6);
    [teacher, value].forEach((tensor) => tensor.dispose());
    [student, gradient].forEach(disposeParams);
  });
});
