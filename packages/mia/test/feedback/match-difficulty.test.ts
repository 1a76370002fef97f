import { tensor1d, tensor2d, tidy } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { createRng, type FeedbackAttack } from "@ltu/core";

import { attackFromJSON, matchDifficulty, trainFeedback } from "../../src/feedback/index.ts";
import { outputs } from "../outputs.ts";

const count = 60;
let attack: FeedbackAttack;
beforeAll(async () => {
  [attack] = (await trainFeedback({
    attacks: ["phi-logistic"],
    members: outputs("members", { size: count, margin: 3 }),
    nonMembers: outputs("nonMembers", { size: count, margin: 1 }),
    rng: createRng(1),
  })) as [FeedbackAttack];
});

const ramp = Array.from({ length: count }, (_, i) => i);
const halves = (values: readonly number[]): [readonly number[], readonly number[]] => [
  values.slice(0, count / 2),
  values.slice(count / 2),
];

function numbersOf(of: FeedbackAttack): number[] {
  const { logits, labels, classes } = outputs("scored", { size: 5, margin: 2 });
  return tidy(() => [...of.score(tensor2d(logits, [5, classes]), tensor1d(labels, "int32")).dataSync()]);
}

describe("matchDifficulty", () => {
  it("changes nothing where the forget set is as hard as the non-members, in whatever order", () => {
    const { nonMember } = matchDifficulty(attack, { nonMembers: [...ramp].reverse(), forget: ramp });
    expect(nonMember.sorted).toEqual(attack.nonMember.sorted);
    expect(nonMember.mean).toBeCloseTo(attack.nonMember.mean, 12);
  });

  it("takes the lower half for a forget set as hard as the hard half, the upper for an easy one", () => {
    const [hard, easy] = halves(ramp);
    const [low, high] = halves(attack.nonMember.sorted);
    expect(matchDifficulty(attack, { nonMembers: ramp, forget: hard }).nonMember.sorted).toEqual(low);
    expect(matchDifficulty(attack, { nonMembers: ramp, forget: easy }).nonMember.sorted).toEqual(high);
  });

  it("stays within the non-members for what is harder or easier than all of them", () => {
    const { sorted } = attack.nonMember;
    const { nonMember } = matchDifficulty(attack, { nonMembers: ramp, forget: [-100, 1000] });
    expect(nonMember.sorted).toEqual([sorted[0], sorted[count - 1]]);
    expect(nonMember.mean).toBeCloseTo(((sorted[0] as number) + (sorted[count - 1] as number)) / 2, 12);
  });

  it("takes the middle where a reference model finds all alike", () => {
    const alike = ramp.map(() => 4);
    const { nonMember } = matchDifficulty(attack, { nonMembers: alike, forget: [4] });
    expect(nonMember.sorted).toEqual([attack.nonMember.sorted[count / 2]]);
  });

  it("asks for ranks alone, so any rising scale gives the same", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 70 }), { minLength: 1, maxLength: 40 }), (forget) => {
        const plain = matchDifficulty(attack, { nonMembers: ramp, forget });
        const bent = matchDifficulty(attack, {
          nonMembers: ramp.map((phi) => Math.exp(phi / 10)),
          forget: forget.map((phi) => Math.exp(phi / 10)),
        });
        expect(bent.nonMember).toEqual(plain.nonMember);
      }),
    );
  });

  it("never lowers a mean where the forget set gets easier", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 70, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 30, noNaN: true }),
        (forget, easier) => {
          const meanAt = (by: number): number =>
            matchDifficulty(attack, { nonMembers: ramp, forget: forget.map((phi) => phi + by) }).nonMember
              .mean;
          expect(meanAt(easier)).toBeGreaterThanOrEqual(meanAt(0) - 1e-9);
        },
      ),
    );
  });

  it("keeps scores and spread, and the original as it was", () => {
    const before = JSON.stringify(attack.toJSON());
    const matched = matchDifficulty(attack, { nonMembers: ramp, forget: [3, 4] });
    expect(JSON.stringify(attack.toJSON())).toBe(before);
    expect(numbersOf(matched)).toEqual(numbersOf(attack));
    expect(matched.nonMember.spread).toBe(attack.nonMember.spread);
  });

  it("leaves no labels, by which LTU would match classes once more", () => {
    const { nonMember } = matchDifficulty(attack, { nonMembers: ramp, forget: ramp });
    expect(attack.nonMember).toHaveProperty("labels");
    expect(attack.nonMember).toHaveProperty("strangers");
    expect(Object.keys(nonMember).sort()).toEqual(["mean", "sorted", "spread"]);
  });

  it("goes through JSON", () => {
    const matched = matchDifficulty(attack, { nonMembers: ramp, forget: [3, 4, 50] });
    const read = attackFromJSON(JSON.parse(JSON.stringify(matched.toJSON())));
    expect(read.nonMember).toEqual(matched.nonMember);
  });

  it.each([
    ["nothing to forget", { nonMembers: ramp, forget: [] }, "forget"],
    ["no non-members", { nonMembers: [], forget: [1] }, "nonMembers"],
    ["what is no number", { nonMembers: [1, Number.NaN], forget: [1] }, "nonMembers"],
    ["what is not finite", { nonMembers: ramp, forget: [Number.POSITIVE_INFINITY] }, "forget"],
  ])("refuses %s in one sentence", (_, difficulty, name) => {
    expect(() => matchDifficulty(attack, difficulty)).toThrow(
      new RegExp(
        `^matchDifficulty: ${name} must hold the phi of one sample or more, all finite, found .+; give `,
      ),
    );
  });
});
