import { disposeParams } from "@ltu/core";
import { trueProbabilityFloat64 } from "@ltu/mia";
import type { Json, Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { decodeCut } from "./cut-sets.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";
import { trainFresh, trainingInputs } from "./train-and-encode.ts";

/**
 * Measures how much each training image is memorised: the mean probability of its label under models that were trained on
 * it, less that under models that were not.
 *
 *     score(x) = mean over models with x of p_y(x) - mean over models without x of p_y(x)
 *
 * The models are trained by the original's recipe on halves of the training set, two complementary ones from each draw, so
 * every image has as many of either kind. It depends on no forget set and on no audited model.
 *
 * Source: the subset estimator of Vitaly Feldman and Chiyuan Zhang, "What Neural Networks Memorize and Why", 2020.
 * *Differs from the source in* that it takes probabilities in place of right answers, for few models give few different
 * shares of right answers.
 */
export function measureMemorisationStage(
  context: RunContext,
  { cut, models }: { readonly cut: Stage; readonly models: number },
): Stage {
  const { model, batches } = context;
  const stream = context.rng.split("memorisation");
  return {
    name: `measure memorisation with ${models} models`,
    inputs: { ...(trainingInputs(context, stream) as Record<string, Json>), models },
    dependsOn: [cut],
    run: async ({ artefact, signal, onProgress }) => {
      const { trainSet } = decodeCut(await artefact(cut));
      const score = new Float64Array(trainSet.length);
      for (let pair = 0; pair < models / 2; pair++) {
        const half = Math.floor(trainSet.length / 2);
        const chosen = new Set(stream.split(`half/${pair}`).choice(trainSet, half));
        for (const isChosen of [true, false]) {
          const own = stream.split(`pair/${pair}`).split(String(isChosen));
          const { weights } = await trainFresh(
            context,
            {
              data: trainSet.filter((index) => chosen.has(index) === isChosen),
              init: own.split("init"),
              rng: own,
              task: `memorisation model ${2 * pair + (isChosen ? 1 : 2)} of ${models}`,
            },
            { signal, onProgress },
          );
          try {
            const known = trueProbabilityFloat64(
              await predict(model, weights, batches, trainSet, { signal }),
            );
            trainSet.forEach((index, row) => {
              const sign = chosen.has(index) === isChosen ? 1 : -1;
              score[row] = (score[row] as number) + (sign * (known[row] as number)) / (models / 2);
            });
          } finally {
            [weights.params, weights.stats].forEach(disposeParams);
          }
        }
      }
      return encodeJson(Array.from(score));
    },
  };
}

/** One score for each training image, in the order of the training set. */
export function decodeScores(bytes: Uint8Array): Float64Array {
  return Float64Array.from(decodeJson<number[]>(bytes));
}
