import { parameterImportance, ssd } from "@ltu/baselines";

import { disposeParams, paramCount, type IndexSet } from "@ltu/core";
import { compareGolden } from "@ltu/testing";

import { compareTree, compareWeights, toleranceOf, unlearnFixture } from "./compare-run.ts";
import { withFixture, type CaseRunner } from "./fixture.ts";

/** SSD: both importances, how many parameters were selected and dampened, and the final weights. */
export const ssdCase: CaseRunner = (golden, file) =>
  withFixture(golden, file, async (fixture) => {
    const { batchSize, selectionWeightingAlpha, dampeningConstantLambda } = golden.params as Readonly<
      Record<"batchSize" | "selectionWeightingAlpha" | "dampeningConstantLambda", number>
    >;
    const { model, original, batches, forgetSet, retainSet } = fixture;
    const problems: string[] = [];
    const sets: Record<string, IndexSet> = {
      forgetImportance: forgetSet,
      fullImportance: Int32Array.from([...forgetSet, ...retainSet]),
    };
    for (const [field, indexes] of Object.entries(sets)) {
      const pass = { model, weights: original, batches, indexes, batchSize };
      const importance = await parameterImportance({ ...pass, mode: "eval", task: field });
      problems.push(...(await compareTree(golden, field, importance)));
      disposeParams(importance);
    }
    const method = ssd({
      batchSize,
      selectionWeighting: selectionWeightingAlpha,
      dampeningConstant: dampeningConstantLambda,
    });
    const { weights, history } = await unlearnFixture(method, fixture);
    try {
      for (const field of ["selected", "dampened"]) {
        const found = (history[field]?.[0] ?? Number.NaN) * paramCount(original.params);
        problems.push(...compareGolden(field, found, golden.expected[field], toleranceOf(golden, field)));
      }
      return [...problems, ...(await compareWeights(golden, fixture, weights))];
    } finally {
      [weights.params, weights.stats].forEach(disposeParams);
    }
  });
