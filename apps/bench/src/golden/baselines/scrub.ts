import { scrub, type ScrubOptions } from "@ltu/baselines";

import { disposeParams } from "@ltu/core";
import { compareGolden } from "@ltu/testing";

import { compareWeights, toleranceOf, trainingOptions, unlearnFixture } from "./compare-run.ts";
import { withFixture, type CaseRunner } from "./fixture.ts";

/** SCRUB: final weights, and the rate of each epoch. */
export const scrubCase: CaseRunner = (golden, file) =>
  withFixture(golden, file, async (fixture) => {
    const { optimizer, alpha, gamma, temperature, msteps, lrDecayEpochs, lrDecayRate } =
      golden.params as unknown as Required<ScrubOptions>;
    const training = trainingOptions(golden);
    const own = { optimizer, alpha, gamma, temperature, msteps, lrDecayEpochs, lrDecayRate };
    const { weights, history } = await unlearnFixture(scrub({ ...training, ...own }), fixture);
    try {
      const { forgetSet, retainSet } = fixture;
      const stepsOf = ({ length }: Int32Array): number => Math.ceil(length / training.batchSize);
      let lastStep = -1;
      const rates = Array.from({ length: training.epochs }, (_, epoch) => {
        lastStep += (epoch < msteps ? stepsOf(forgetSet) : 0) + stepsOf(retainSet);
        return training.lr * (history["rateFactor"]?.[lastStep] ?? Number.NaN);
      });
      const field = "lrPerEpoch";
      return [
        ...(await compareWeights(golden, fixture, weights)),
        ...compareGolden(field, rates, golden.expected[field], toleranceOf(golden, field)),
      ];
    } finally {
      [weights.params, weights.stats].forEach(disposeParams);
    }
  });
