import { describe, expect, it } from "vitest";

import {
  caughtFrom,
  controlOfEvaluator,
  controlOfFeedback,
  trainedControls,
} from "../../src/contract/index.ts";
import {
  auditScores,
  defineEvaluator,
  hasScores,
  lossThreshold,
  type Evaluator,
} from "../../src/evaluators/index.ts";
import { phiLogistic } from "../../src/feedback/index.ts";

const controls = trainedControls();
const flawed = (score: Parameters<typeof defineEvaluator>[0]["score"]): Evaluator =>
  defineEvaluator({
    name: "flawed",
    kind: "population",
    families: ["confidence"],
    needs: ["fit"],
    readsLabels: true,
    score,
  });

describe("controls", () => {
  it("tell an attack from one with its sign turned round", async () => {
    const turned = flawed((input) => {
      const result = lossThreshold().evaluate(input);
      return hasScores(result) ? { ...result, scores: result.scores.map((score) => -score) } : result;
    });
    expect((await controlOfEvaluator(lossThreshold(), controls.overfit)).z).toBeGreaterThan(caughtFrom);
    expect((await controlOfEvaluator(turned, controls.overfit)).z).toBeLessThan(-caughtFrom);
  });

  it("tell an attack from one that knows the answer and from one that sees nothing", async () => {
    const knowing = flawed(({ score: { samples } }) =>
      auditScores(
        Array.from(samples.indexes, (index) => (index < 150 ? 1 : 0)),
        "population",
      ),
    );
    expect((await controlOfEvaluator(knowing, controls.oracle)).auc).toBe(1);
    const blind = flawed(({ score: { samples } }) =>
      auditScores(new Float64Array(samples.labels.length), "population"),
    );
    expect((await controlOfEvaluator(blind, controls.overfit)).z).toBe(0);
  });

  it("are met by a feedback attack", async () => {
    expect((await controlOfFeedback(phiLogistic, controls.overfit)).z).toBeGreaterThan(caughtFrom);
    expect(Math.abs((await controlOfFeedback(phiLogistic, controls.oracle)).z)).toBeLessThan(caughtFrom);
  });

  it("are the same whenever they are made", () => {
    expect(JSON.stringify(trainedControls()) === JSON.stringify(controls)).toBe(true);
  });
});
