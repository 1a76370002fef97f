import { memory, tensor1d, tensor2d } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { createRng, type FeedbackAttack } from "@ltu/core";
import { auc } from "@ltu/metrics";

import { attackFromJSON, trainFeedback, type FeedbackDefinition } from "../feedback/index.ts";
import { differencesOf, gradientOf, scoresOf, select } from "./ask-attack.ts";
import { caughtFrom, controlOfFeedback } from "./controls.ts";
import { madeUpSamples, type IndexedOutputs } from "./made-up-samples.ts";
import { trainedControls, type Controls } from "./trained-samples.ts";

/** Below it an attack does not tell a model's samples, known by heart, from others: its sign may be turned round. */
const leastAuc = 0.8;
/** Of the largest gradient entry; a central difference in float32 is no closer at a kink or where the curve bends. */
const gradientTolerance = 0.02;
/** Of 1 + |score|: a sum may be taken in another order in another batch. */
const scoreTolerance = 1e-4;
const differenceSteps = [0.1, 0.03, 0.01, 0.003];

/** What every feedback attack promises; see `describeAttack`. */
export function describeFeedback(definition: FeedbackDefinition, given?: Controls): void {
  describe(definition.name, () => {
    const samples = madeUpSamples();
    const { members, nonMembers, references, freshMembers, unseen, probe } = samples;
    const fit = async (epochs: number): Promise<FeedbackAttack> => {
      const rng = createRng(5);
      const request = { attacks: [definition], members, nonMembers, references, rng };
      const [attack] = await trainFeedback({ ...request, recipe: { epochs, minAuc: 0 } });
      return attack as FeedbackAttack;
    };
    let attack: FeedbackAttack;
    beforeAll(async () => {
      attack = await fit(60);
    });

    it("scores members above samples that the model has never seen", async () => {
      expect(attack.heldOutAuc).toBeGreaterThan(leastAuc);
      expect(auc(await scoresOf(attack, freshMembers), await scoresOf(attack, unseen))).toBeGreaterThan(
        leastAuc,
      );
    });

    it("catches an overfit model, and not a fresh one that has seen neither side", async () => {
      const { overfit, oracle } = given ?? trainedControls();
      expect((await controlOfFeedback(definition, overfit)).z).toBeGreaterThan(caughtFrom);
      expect(Math.abs((await controlOfFeedback(definition, oracle)).z)).toBeLessThan(caughtFrom);
    });

    it("takes its statistics over non-members, those aside that trained reference models", async () => {
      const rows = nonMembers.labels.map((_, i) => i);
      const own = definition.reference === undefined ? rows : rows.slice(references.trainedOn.length);
      const scores = await scoresOf(attack, select(nonMembers as IndexedOutputs, own));
      const { mean, spread, sorted } = attack.nonMember;
      const average = scores.reduce((a, b) => a + b, 0) / scores.length;
      expectNear([mean], [average]);
      expectNear([spread], [Math.sqrt(scores.reduce((t, u) => t + (u - average) ** 2, 0) / scores.length)]);
      expectNear(
        sorted,
        [...scores].sort((a, b) => a - b),
      );
    });

    it("scores a sample alike alone, among others, and in any order", async () => {
      const all = await scoresOf(attack, unseen);
      const rows = Array.from(all.keys());
      const anyBatch = fc.shuffledSubarray(rows, { minLength: 1, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(anyBatch, async (batch) => {
          const scores = await scoresOf(attack, select(unseen, Int32Array.from(batch)));
          expectNear(
            scores,
            batch.map((row) => all[row] as number),
          );
        }),
        { numRuns: 20, seed: 1 },
      );
    });

    it("reads true labels if, and only if, it declares so", async () => {
      const others = { ...unseen, labels: unseen.labels.map((y) => (y + 1) % unseen.classes) };
      const [given, changed] = [await scoresOf(attack, unseen), await scoresOf(attack, others)];
      if (definition.readsLabels) expect(changed).not.toEqual(given);
      else expect(changed).toEqual(given);
    });

    it("asks which samples it scores if, and only if, it compares with reference models", async () => {
      if (definition.reference === undefined) {
        expect(await scoresOf(attack, unseen, null)).toEqual(await scoresOf(attack, unseen));
        return;
      }
      const expected = expect.objectContaining({ code: "NO_REFERENCES" }) as unknown;
      await expect(scoresOf(attack, unseen, null)).rejects.toThrow(expected as Error);
      const elsewhere = { indexes: unseen.indexes.map((index) => index + 1_000_000) };
      await expect(scoresOf(attack, unseen, elsewhere)).rejects.toThrow(expected as Error);
    });

    it("has the gradient of its finite difference with respect to the logits, and it is not zero", async () => {
      const found = await gradientOf(attack, probe);
      const differences = await Promise.all(
        differenceSteps.map((step) => differencesOf(attack, probe, step)),
      );
      const largest = Math.max(...found.map(Math.abs));
      expect(largest).toBeGreaterThan(0);
      found.forEach((entry, k) => {
        const errors = differences.map((values) => Math.abs((values[k] as number) - entry));
        expect(Math.min(...errors), `logit ${k}`).toBeLessThanOrEqual(gradientTolerance * largest);
      });
      const rows = Array.from(probe.labels, (_, i) =>
        found.slice(i * probe.classes, (i + 1) * probe.classes),
      );
      const still = rows.filter((row) => row.every((entry) => entry === 0));
      expect(still.length, "samples without a gradient").toBeLessThan(rows.length / 2);
    });

    it("has finite scores and gradients at extreme logits", async () => {
      const logits = new Float32Array(probe.logits.length);
      logits.set([300, -300, 0, 0, -300, 300, 0, 0]);
      const extreme = { ...probe, logits };
      expect((await scoresOf(attack, extreme)).every(Number.isFinite)).toBe(true);
      expect((await gradientOf(attack, extreme)).every(Number.isFinite)).toBe(true);
    });

    it("gives the same scores after a round trip through text", async () => {
      const text = JSON.stringify(attack);
      const again = attackFromJSON(JSON.parse(text), { definitions: [definition] });
      expect(JSON.stringify(again)).toBe(text);
      expect(await scoresOf(again, unseen)).toEqual(await scoresOf(attack, unseen));
      expect(again.nonMember).toEqual(attack.nonMember);
      expect([again.name, again.role, again.heldOutAuc]).toEqual([
        definition.name,
        "feedback",
        attack.heldOutAuc,
      ]);
    });

    it("is fitted to the same numbers again from the same seed", async () => {
      expect(JSON.stringify(await fit(2))).toBe(JSON.stringify(await fit(2)));
    });

    it("leaves no tensor behind but its score", async () => {
      const before = memory().numTensors;
      await fit(1);
      expect(memory().numTensors, "by its fit").toBe(before);
      attackFromJSON(JSON.parse(JSON.stringify(attack)), { definitions: [definition] });
      expect(memory().numTensors, "by reading it from JSON").toBe(before);
      await scoresOf(attack, probe);
      expect(memory().numTensors, "by its score").toBe(before);
      await gradientOf(attack, probe);
      expect(memory().numTensors, "by its gradient").toBe(before);
    });

    it("leaves its inputs as they are", async () => {
      const text = JSON.stringify(samples);
      await fit(1);
      expect(JSON.stringify(samples) === text, "samples to fit on").toBe(true);
      const logits = tensor2d(probe.logits, [probe.labels.length, probe.classes]);
      const labels = tensor1d(probe.labels, "int32");
      try {
        attack.score(logits, labels, probe).dispose();
        expect(await logits.data()).toEqual(probe.logits);
        expect(await labels.data()).toEqual(probe.labels);
      } finally {
        logits.dispose();
        labels.dispose();
      }
    });
  });
}

function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => {
    const error = Math.abs((found[i] as number) - value);
    expect(error, `entry ${i}`).toBeLessThanOrEqual(scoreTolerance * (1 + Math.abs(value)));
  });
}
