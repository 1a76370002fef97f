import { memory } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import type { Predictions } from "@ltu/core";

import {
  hasScores,
  type AuditInput,
  type AuditNeed,
  type AuditResult,
  type AuditSamples,
  type AuditScores,
  type Evaluator,
  type ScorePart,
} from "../evaluators/index.ts";
import { caughtFrom, controlOfEvaluator } from "./controls.ts";
import { trainedControls, type Controls } from "./trained-samples.ts";

/** Of 1 + |score|: a sum may be taken in another order. */
const scoreTolerance = 1e-9;
const needs: readonly AuditNeed[] = [
  "before",
  "calibration",
  "features",
  "fit",
  "gradientNorms",
  "population",
  "shadows",
  "views",
];

/** What every evaluator promises; see `describeAttack`. */
export function describeEvaluator(evaluator: Evaluator, given?: Controls): void {
  describe(evaluator.name, () => {
    let controls: Controls;
    let input: AuditInput;
    let own: AuditScores;
    const ask = async (asked: AuditInput): Promise<AuditResult> => Promise.resolve(evaluator.evaluate(asked));
    const scored = async (asked: AuditInput): Promise<AuditScores> => {
      const result = await ask(asked);
      if (!hasScores(result)) throw new Error(result.detail);
      return result;
    };
    beforeAll(async () => {
      controls = given ?? trainedControls();
      input = controls.overfit.audit;
      own = await scored(input);
    });

    it("catches an overfit model: what trained it scores higher", async () => {
      expect((await controlOfEvaluator(evaluator, controls.overfit)).z).toBeGreaterThan(caughtFrom);
    });

    it("does not catch a fresh model that has seen neither side", async () => {
      expect(Math.abs((await controlOfEvaluator(evaluator, controls.oracle)).z)).toBeLessThan(caughtFrom);
    });

    it("is an evaluator, and says what it is", () => {
      expect(evaluator.role).toBe("evaluator");
      expect(["population", "perExample", "query"]).toContain(evaluator.kind);
      expect(evaluator.families.length).toBeGreaterThan(0);
      expect(evaluator.needs.every((need) => needs.includes(need))).toBe(true);
      expect(own.kind).toBe(evaluator.kind);
      expect(JSON.parse(JSON.stringify(own.about))).toEqual(own.about);
    });

    it("gives each row a finite score or a reason", () => {
      const count = input.score.samples.labels.length;
      expect(own.scores.length).toBe(own.rows.length);
      expect(own.scores.every(Number.isFinite)).toBe(true);
      const rows = [...own.rows, ...own.leftOut.map(({ row }) => row)].sort((a, b) => a - b);
      expect(rows).toEqual(Array.from({ length: count }, (_, i) => i));
    });

    it("scores a sample alike alone, among others, and in any order", async () => {
      const known = byRow(own);
      const rows = Array.from(input.score.samples.labels.keys());
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: 1, maxLength: 30 }), async (batch) => {
          const found = byRow(await scored(withScore(input, takeSamples(input.score.samples, batch))));
          batch.forEach((row, i) => expectNear(found.get(i), known.get(row)));
        }),
        { numRuns: 8, seed: 1 },
      );
    });

    it("reads true labels of what it scores only if it declares so", async () => {
      const found = await scored(withScore(input, relabelled(input.score.samples)));
      if (!evaluator.readsLabels) expect(found.scores).toEqual(own.scores);
      // Where gradients were measured beforehand, the labels are in their norms.
      else if (!evaluator.needs.includes("gradientNorms")) expect(found.scores).not.toEqual(own.scores);
    });

    it("reads nothing that it does not declare", async () => {
      const bare = needs
        .filter((need) => !evaluator.needs.includes(need))
        .reduce((asked, need) => without(asked, need), input);
      expect((await scored(bare)).scores).toEqual(own.scores);
    });

    it("says in one sentence and with a reason code what it lacks", async () => {
      for (const need of evaluator.needs) {
        const result = await ask(without(input, need));
        expect(hasScores(result), need).toBe(false);
        expect(result).toMatchObject({
          reason: expect.stringMatching(/^[A-Z_]+$/u) as string,
          detail: expect.stringMatching(/expected .+, found .+; .+\.$/u) as string,
        });
      }
    });

    it("has finite scores for logits of plus and minus 100", async () => {
      const { samples } = input.score;
      const extreme = (outputs: Predictions): Predictions => ({
        ...outputs,
        logits: outputs.logits.map((z, k) => (k % 3 === 0 ? -100 : k % 3 === 1 ? 100 : z)),
      });
      const moved = {
        ...samples,
        ...extreme(samples),
        ...(samples.before && { before: extreme(samples.before) }),
        ...(samples.views && {
          views: samples.views.map((view) => ({ ...view, outputs: extreme(view.outputs) })),
        }),
      };
      expect((await scored(withScore(input, moved))).scores.every(Number.isFinite)).toBe(true);
    });

    it("refuses outputs that are not finite and labels that are no class, instead of scoring them", async () => {
      const { samples } = input.score;
      const broken = (change: Partial<Predictions>): AuditSamples => ({
        ...samples,
        ...change,
        ...(samples.before && { before: { ...samples.before, ...change } }),
        ...(samples.views && {
          views: samples.views.map((view) => ({ ...view, outputs: { ...view.outputs, ...change } })),
        }),
        ...(samples.gradientNorms && { gradientNorms: samples.labels.map(() => -1) }),
      });
      const notFinite = samples.logits.slice();
      notFinite[5] = Number.NaN;
      const noClass = samples.labels.slice();
      noClass[2] = samples.classes;
      for (const change of [{ logits: notFinite }, { labels: noClass }]) {
        const asked = Promise.resolve().then(() => ask(withScore(input, broken(change))));
        await expect(asked).rejects.toThrow(expect.objectContaining({ code: "DATA" }) as Error);
      }
    });

    it("gives the same numbers again, leaves its input as it is and no tensor behind", async () => {
      const [text, tensors] = [JSON.stringify(input), memory().numTensors];
      expect(await scored(input)).toEqual(own);
      expect(JSON.stringify(input) === text, "input").toBe(true);
      expect(memory().numTensors).toBe(tensors);
    });
  });
}

function byRow({ rows, scores }: AuditScores): Map<number, number> {
  return new Map(Array.from(rows, (row, k) => [row, scores[k] as number] as const));
}

function expectNear(found: number | undefined, expected: number | undefined): void {
  if (expected === undefined) expect(found).toBeUndefined();
  else
    expect(Math.abs((found as number) - expected)).toBeLessThanOrEqual(
      scoreTolerance * (1 + Math.abs(expected)),
    );
}

/** The same audit of other samples. Only the contract may bypass `auditInput`: it takes rows of a part that was checked. */
function withScore(input: AuditInput, samples: AuditSamples): AuditInput {
  return { ...input, score: { part: "score", samples } as unknown as ScorePart };
}

function takeOutputs({ logits, labels, classes }: Predictions, rows: readonly number[]): Predictions {
  return {
    logits: Float32Array.from(
      rows.flatMap((row) => [...logits.subarray(row * classes, (row + 1) * classes)]),
    ),
    labels: Int32Array.from(rows, (row) => labels[row] as number),
    classes,
  };
}

function takeSamples(samples: AuditSamples, rows: readonly number[]): AuditSamples {
  const { indexes, before, features, views, gradientNorms } = samples;
  const take = (values: ArrayLike<number>, width: number): Float64Array =>
    Float64Array.from(
      rows.flatMap((row) => Array.from({ length: width }, (_, c) => values[row * width + c] as number)),
    );
  return {
    ...takeOutputs(samples, rows),
    indexes: Int32Array.from(rows, (row) => indexes[row] as number),
    before: before && takeOutputs(before, rows),
    features: features && { ...features, values: take(features.values, features.width) },
    views: views?.map((view) => ({ ...view, outputs: takeOutputs(view.outputs, rows) })),
    gradientNorms: gradientNorms && take(gradientNorms, 1),
  };
}

function relabelled(samples: AuditSamples): AuditSamples {
  const turn = <T extends Predictions>(outputs: T): T => ({
    ...outputs,
    labels: outputs.labels.map((label) => (label + 1) % outputs.classes),
  });
  return {
    ...turn(samples),
    before: samples.before && turn(samples.before),
    views: samples.views?.map((view) => ({ ...view, outputs: turn(view.outputs) })),
  };
}

/** The same input without one thing. */
function without(input: AuditInput, need: AuditNeed): AuditInput {
  if (need === "shadows") return { ...input, shadows: undefined, model: undefined };
  if (need === "fit" || need === "population" || need === "calibration")
    return { ...input, [need]: undefined };
  const strip = (samples: AuditSamples): AuditSamples => ({ ...samples, [need]: undefined });
  return {
    ...withScore(input, strip(input.score.samples)),
    ...(input.fit && {
      fit: { ...input.fit, members: strip(input.fit.members), nonMembers: strip(input.fit.nonMembers) },
    }),
  };
}
