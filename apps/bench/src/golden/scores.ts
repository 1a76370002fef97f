import { avgGap, tInterval, type UnlearningMetrics } from "@ltu/metrics";
import { compareGolden, type GoldenCase, type GoldenTopic } from "@ltu/testing";

/** Runners by `params.kind`. Kinds that are not here belong to metrics that are not built yet. */
const kinds: Readonly<Record<string, (golden: GoldenCase) => readonly string[]>> = {
  avgGap: ({ inputs, expected, tolerance }) => {
    const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
    const method = inputs["method"] as UnlearningMetrics;
    const { value, parts } = avgGap(method, inputs["retrain"] as UnlearningMetrics);
    const wanted = expected["parts"] as UnlearningMetrics;
    return [
      ...compareGolden("avgGap", value, expected["avgGap"], comparison),
      ...(Object.keys(wanted) as (keyof UnlearningMetrics)[]).flatMap((name) =>
        compareGolden(`parts.${name}`, parts[name], wanted[name], comparison),
      ),
    ];
  },
  tInterval: ({ inputs, params, expected, tolerance }) => {
    const found = tInterval(inputs["values"] as number[], { confidence: params["confidence"] as number });
    const isUndefined = "reason" in found;
    if (expected["undefined"] === true) return isUndefined ? [] : [`expected a reason, found ${found.mean}`];
    if (isUndefined) return [`expected an interval, found the reason "${found.reason}"`];
    const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
    return (["mean", "sd", "sem", "tQuantile", "low", "high"] as const)
      .filter((field) => expected[field] !== undefined && expected[field] !== null)
      .flatMap((field) => compareGolden(field, found[field], expected[field], comparison));
  },
};

/** Scores of a table. */
export const topic: GoldenTopic = {
  topic: "scores",
  covers: ({ params }) => Object.hasOwn(kinds, String(params["kind"])),
  run: async (golden) => kinds[String(golden.params["kind"])]?.(golden) ?? [],
};
