import { influenceUnlearning, type InfluenceUnlearningOptions } from "@ltu/baselines";
import { addScaledParams, disposeParams, scaleParams, type Params, type UnlearnResult } from "@ltu/core";
import { compareGolden } from "@ltu/testing";

import { compareTree, compareWeights, unlearnFixture } from "./compare-run.ts";
import { withFixture, type CaseRunner } from "./fixture.ts";

/** So large that the estimate of the Hessian is the identity, and the step its plain direction v. */
const flat = 1e12;

/** Influence unlearning as the reference does it: weights, what they moved along before and after the recursion. */
export const influenceUnlearningCase: CaseRunner = (golden, file) =>
  withFixture(golden, file, async (fixture) => {
    const { batchSize, alpha, N } = golden.params as { batchSize: number; alpha: number; N: number };
    const run = (options: InfluenceUnlearningOptions): Promise<UnlearnResult> =>
      unlearnFixture(influenceUnlearning({ batchSize, augment: false, alpha, ...options }), fixture);
    const { original, forgetSet, retainSet } = fixture;
    /** What the weights moved along, (theta - theta_o) / alpha. */
    const alongOf = (params: Params): Params => {
      const change = addScaledParams(params, original.params, -1);
      const along = scaleParams(change, 1 / alpha);
      disposeParams(change);
      return along;
    };
    const { weights, cost } = await run({ fisherSamples: N });
    const plain = await run({ fisherSamples: flat });
    const k = alongOf(weights.params);
    const v = alongOf(plain.weights.params);
    try {
      // The first single sample begins the recursion; each other one is an update.
      const updates = cost.imagesBackward - forgetSet.length - retainSet.length - 1;
      return [
        ...(await compareWeights(golden, fixture, weights)),
        ...(await compareTree(golden, "k", k)),
        ...(await compareTree(golden, "v", v)),
        ...compareGolden("updates", updates, golden.expected["updates"], { abs: 0, rel: 0 }),
      ];
    } finally {
      [k, v, weights.params, weights.stats, plain.weights.params, plain.weights.stats].forEach(disposeParams);
    }
  });
