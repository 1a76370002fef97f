import { avgGap, type UnlearningMetrics } from "@ltu/metrics";
import { compareGolden, type GoldenTopic } from "@ltu/testing";

/** Scores of a table. Cases whose `params.kind` is not covered here belong to metrics that are not built yet. */
export const topic: GoldenTopic = {
  topic: "scores",
  covers: ({ params }) => params["kind"] === "avgGap",
  run: async ({ inputs, expected, tolerance }) => {
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
};
