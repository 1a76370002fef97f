import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { FeedbackAttack, NonMemberStatistics } from "@ltu/core";

import { ltu } from "../src/index.ts";
import { resolveConfig } from "../src/ltu-config.ts";
import { releaseRun, startRun } from "../src/ltu-run.ts";
import { matchNonMembers } from "../src/match-non-members.ts";
import { attacks, forgetClass, known, numbersOf, release } from "./setting.ts";
import { constantAttack, statisticsOf } from "./tiny-attacks.ts";

const attackOn = (nonMember: NonMemberStatistics): FeedbackAttack => ({ ...constantAttack(0), nonMember });

/** Class 0 is known well to a model that has not seen its images, class 1 is not. */
const attack = attackOn({
  ...statisticsOf([-4, -3, -2, 2, 3, 4]),
  labels: [1, 1, 1, 0, 0, 0],
  strangers: [
    [-9, -8, -7],
    [-19, -18, -17],
  ],
});

describe("matchNonMembers", () => {
  it("takes the non-members with the labels of the forget set, in their shares", () => {
    const { nonMember } = matchNonMembers(attack, { forget: [0, 0], retain: [0, 1] });
    expect(nonMember.sorted.every((logit) => logit >= 2)).toBe(true);
    expect(nonMember.mean).toBeCloseTo(3, 12);
    // Two of three forgotten samples are of class 1: four of six values.
    const mixed = matchNonMembers(attack, { forget: [1, 0, 1], retain: [0, 1] }).nonMember;
    expect(mixed.sorted.map(Math.sign)).toEqual([-1, -1, -1, -1, 1, 1]);
  });

  it("keeps the spread, so that attacks weigh as before", () => {
    const { nonMember } = matchNonMembers(attack, { forget: [0], retain: [0] });
    expect(nonMember.spread).toBe(attack.nonMember.spread);
  });

  it("takes strangers for a class that is retained nowhere, and for no other", () => {
    expect(matchNonMembers(attack, { forget: [1], retain: [0] }).nonMember.mean).toBeCloseTo(-18, 12);
    expect(matchNonMembers(attack, { forget: [1], retain: [0, 1] }).nonMember.mean).toBeCloseTo(-3, 12);
    const both = matchNonMembers(attack, { forget: [0, 1], retain: [1] }).nonMember.sorted;
    expect(both.filter((logit) => logit <= -7)).toHaveLength(3);
    expect(both.filter((logit) => logit >= -4)).toHaveLength(3);
  });

  it("takes strangers for what is gone of a class of which little is left", () => {
    // Half of the non-members are of class 1, a tenth of what is retained: a fifth of the class is left.
    const retain = [1, ...Array.from({ length: 9 }, () => 0)];
    const { sorted } = matchNonMembers(attack, { forget: [1], retain }).nonMember;
    expect(sorted.filter((logit) => logit <= -17)).toHaveLength(5);
    expect(sorted.filter((logit) => logit >= -4)).toHaveLength(1);
    // A class that is a little rarer than among the non-members is as it was: three of eight against a half.
    const nearly = matchNonMembers(attack, { forget: [1], retain: [1, 1, 1, 0, 0, 0, 0, 0] }).nonMember;
    expect(nearly.mean).toBeCloseTo(-3, 12);
  });

  it("takes all non-members for a label that none of them has", () => {
    const { nonMember } = matchNonMembers(attack, { forget: [2], retain: [2] });
    expect(nonMember.sorted.map(Math.round)).toEqual([-4, -3, -2, 2, 3, 4]);
  });

  it("changes the mean by less than the largest step between neighbours where the labels have the same shares", () => {
    const logits = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(logits, (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const labels = sorted.map((_, i) => i % 2);
        const one = attackOn({ ...statisticsOf(sorted), labels });
        const { nonMember } = matchNonMembers(one, { forget: [0, 1], retain: [0, 1] });
        expect(nonMember.sorted).toEqual(nonMember.sorted.toSorted((a, b) => a - b));
        expect(nonMember.sorted).toHaveLength(20);
        const steps = sorted.slice(2).map((value, i) => value - (sorted[i] as number));
        expect(Math.abs(nonMember.mean - one.nonMember.mean)).toBeLessThanOrEqual(Math.max(...steps) + 1e-9);
      }),
    );
  });

  it("refuses an attack that does not know what it needs", () => {
    const bare = attackOn(statisticsOf([-1, 1]));
    const matching = (retain: number[]) => (): unknown => matchNonMembers(bare, { forget: [0], retain });
    expect(matching([0])).toThrow("that know the labels of its non-members, found constant without; fit it");
    expect(matching([1])).toThrow("how images of other classes look as class 0, found constant without");
    expect(matching([1])).toThrow(expect.objectContaining({ code: "OPTION" }));
  });
});

describe("matchClasses", () => {
  it("pulls a class that is retained nowhere to strangers, and changes nothing left off", async () => {
    const weightsOf = async (matchClasses: boolean, judges: typeof attacks): Promise<number[]> => {
      const request = forgetClass();
      const unlearner = ltu({
        attacks: judges,
        matchClasses,
        batchStatistics: "own",
        epochs: 4,
        batchSize: 6,
        queryBatch: 6,
      });
      const { weights, history } = await unlearner.unlearn(request);
      const numbers = await numbersOf(weights);
      release(weights);
      release(request.original);
      expect(history["attackMean"]?.length).toBeGreaterThan(3);
      return numbers;
    };
    const plain = await weightsOf(false, attacks);
    expect(await weightsOf(false, known)).toEqual(plain);
    expect(await weightsOf(true, known)).not.toEqual(plain);
  });

  it("refuses random labels that exclude the only class that is retained", async () => {
    const request = forgetClass();
    const { images, labels } = request.batches(request.accessibleRetain as Int32Array);
    images.dispose();
    const oneClass = (request.accessibleRetain as Int32Array).filter((_, i) => labels[i] === 1);
    const excluding = {
      attacks: known,
      matchClasses: true,
      excludeTrueLabel: true,
      batchSize: 3,
      queryBatch: 3,
    };
    await expect(ltu(excluding).unlearn({ ...request, accessibleRetain: oneClass })).rejects.toThrow(
      "random labels need at least 2 classes in the accessible retain set, found 1; set one of them to false.",
    );
    release(request.original);
  });

  it("draws no random label of such a class, and judges by matched attacks", async () => {
    const request = forgetClass();
    for (const matchClasses of [true, false]) {
      const method = resolveConfig({
        attacks: known,
        matchClasses,
        batchSize: 6,
        queryBatch: 6,
      });
      const run = await startRun(method, request);
      expect(run.context.classChoices).toEqual(matchClasses ? [1, 2, 3] : [0, 1, 2, 3]);
      expect(run.context.attacks[0]?.nonMember.mean === -11).toBe(matchClasses);
      expect(run.attacks).toBe(known);
      releaseRun(run);
    }
    release(request.original);
  });
});
