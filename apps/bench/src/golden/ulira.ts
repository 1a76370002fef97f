import { fitSide, uLiraScores, type ShadowSignals } from "@ltu/mia/evaluators";
import { compareGolden, decodeTensor, type GoldenTopic } from "@ltu/testing";

import { byRow } from "./scores-by-row.ts";

/** U-LiRA: the Gaussians of unlearned and of never-seen models, and the score of an audited one. */
export const topic: GoldenTopic = {
  topic: "ulira",
  run: async ({ inputs, expected, tolerance }) => {
    const unlearned = decodeTensor(inputs["unlearnedPhi"]);
    const neverSeen = decodeTensor(inputs["neverSeenPhi"]);
    const shadows: ShadowSignals = {
      values: Float64Array.from([...unlearned.data, ...neverSeen.data]),
      sides: Int8Array.from([...unlearned.data.map(() => 1), ...neverSeen.data.map(() => 0)]),
      samples: unlearned.shape[1] as number,
    };
    const target = Float64Array.from(decodeTensor(inputs["targetPhi"]).data);
    const [u, o] = [fitSide(shadows, 1), fitSide(shadows, 0)];
    const own = uLiraScores(target, shadows, { variance: "perSample" });
    const pooled = uLiraScores(target, shadows, { variance: "pooled" });
    const found: Record<string, Float64Array> = {
      meanU: u.locations,
      stdU: u.spreads,
      meanO: o.locations,
      stdO: o.spreads,
      logRatio: byRow(own, target.length),
      score: byRow({ rows: own.rows, scores: own.probabilities }, target.length),
      logRatioPooled: byRow(pooled, target.length),
      scorePooled: byRow({ rows: pooled.rows, scores: pooled.probabilities }, target.length),
    };
    const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
    return Object.entries(expected).flatMap(([field, wanted]) => {
      // What a reference gives under this name documents its behaviour; it is not a target.
      if (/reference/iu.test(field) || wanted === null) return [];
      const numbers = found[field];
      return numbers === undefined
        ? [`${field}: no number of this name`]
        : compareGolden(field, numbers, wanted, comparison);
    });
  },
};
