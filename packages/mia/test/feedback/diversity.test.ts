import { add, mul, slice, squeeze, tidy, type Tensor1D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import type { FeedbackAttack, Predictions } from "@ltu/core";

import { diversity } from "../../src/feedback/index.ts";

/** An attack whose score is a x z_0 + b x z_1 + c, so that its numbers can be had by hand. */
function linearAttack(name: string, [a, b, c]: readonly [number, number, number]): FeedbackAttack {
  return {
    role: "feedback",
    name,
    heldOutAuc: 1,
    nonMember: { mean: 0, spread: 1, sorted: [0] },
    score: (logits) =>
      tidy(() => {
        const column = (j: number): Tensor1D => squeeze(slice(logits, [0, j], [-1, 1]), [1]);
        return add(add(mul(column(0), a), mul(column(1), b)), c);
      }),
    toJSON: () => ({}),
  };
}

const of = (...rows: readonly (readonly [number, number])[]): Predictions => ({
  logits: Float32Array.from(rows.flat()),
  labels: new Int32Array(rows.length),
  classes: 2,
});
// Two members, then two non-members.
const data = { members: of([2, 1], [-1, 3]), nonMembers: of([1, -2], [-2, -2]) };
const first = linearAttack("first", [1, 0, 0]);
const second = linearAttack("second", [0, 1, 0]);
const both = linearAttack("both", [1, 1, 0]);

describe("diversity", () => {
  it("gives correlation, disagreement and gradient cosine of two attacks, by hand", async () => {
    const { names, correlation, disagreement, gradientCosine } = await diversity([first, second, both], data);
    expect(names).toEqual(["first", "second", "both"]);
    // Scores (2, -1, 1, -2) and (1, 3, -2, -2), both of mean 0: product 2 - 3 - 2 + 4 = 1, squares 10 and 18.
    expect(correlation[0]?.[1]).toBeCloseTo(1 / Math.sqrt(180), 6);
    expect(correlation[1]?.[0]).toBeCloseTo(1 / Math.sqrt(180), 6);
    expect(correlation[1]?.[1]).toBeCloseTo(1, 6);
    // They differ on the second and the third sample; `both` has (3, 2, -1, -4).
    expect(disagreement).toEqual([
      [0, 0.5, 0.5],
      [0.5, 0, 0],
      [0.5, 0, 0],
    ]);
    expect(gradientCosine[0]?.[1]).toBeCloseTo(0, 6);
    expect(gradientCosine[0]?.[2]).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it("gives what each attack adds to the others", async () => {
    const { auc, ensembleAuc, marginalBenefit } = await diversity([first, second], data);
    // first: 2 above both, -1 above one of two. second parts them, and so does the sum.
    expect(auc).toEqual([0.75, 1]);
    expect(ensembleAuc).toBe(1);
    expect(marginalBenefit).toEqual([0, 0.25]);
    expect((await diversity([first], data)).marginalBenefit).toEqual([0.25]);
  });

  it("standardises scores before it takes their mean", async () => {
    const loud = { ...first, nonMember: { mean: 100, spread: 1000, sorted: [0] } };
    // Whatever its spread, the loud attack now moves no sample past another.
    expect((await diversity([loud, second], data)).ensembleAuc).toBe(1);
    const quiet = { ...second, nonMember: { mean: 0, spread: 1000, sorted: [0] } };
    expect((await diversity([first, quiet], data)).ensembleAuc).toBe(0.75);
  });

  it("counts an attack that says the same of everything as uncorrelated, without a gradient", async () => {
    const constant = linearAttack("constant", [0, 0, 1]);
    const { correlation, gradientCosine, auc } = await diversity([first, constant], data);
    expect(correlation[0]?.[1]).toBe(0);
    expect(gradientCosine[0]?.[1]).toBe(0);
    expect(auc[1]).toBe(0.5);
  });

  it("refuses to compare nothing, or on nothing", async () => {
    await expect(diversity([], data)).rejects.toMatchObject({ code: "OPTION" });
    const nobody = diversity([first], { ...data, nonMembers: of() });
    await expect(nobody).rejects.toMatchObject({ code: "DATA" });
  });
});
