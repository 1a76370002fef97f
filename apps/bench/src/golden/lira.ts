import { fitSide, liraScores, type LiraOptions, type ShadowSignals } from "@ltu/mia/evaluators";
import { compareGolden, decodeTensor, type GoldenTopic } from "@ltu/testing";

import { byRow } from "./scores-by-row.ts";

/** What a field's name says of the spread that its scores were divided by. */
const variances = { perSample: "perSample", pooledResidual: "pooled" } as const;

/** LiRA: online, offline and one-sided scores, by mean or median, with own or pooled variance. */
export const topic: GoldenTopic = {
  topic: "lira",
  run: async ({ inputs, expected, tolerance }) => {
    const { data, shape } = decodeTensor(inputs["shadowPhi"]);
    const shadows: ShadowSignals = {
      values: Float64Array.from(data),
      sides: Int8Array.from(decodeTensor(inputs["shadowIn"]).data),
      samples: shape[1] as number,
    };
    const target = Float64Array.from(decodeTensor(inputs["targetPhi"]).data);
    const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
    const scoresOf = (options: LiraOptions): Float64Array => {
      const result = liraScores(target, shadows, options);
      return byRow(result, target.length);
    };
    const fields = (group: string): [string, unknown][] =>
      Object.entries((expected[group] ?? {}) as Record<string, unknown>).filter(([, wanted]) => wanted !== null);
    const differences: string[] = [];
    for (const [field, wanted] of fields("tfPrivacy")) {
      const [form, location, spread] = field.split("_") as ["online" | "offline", "mean" | "median", keyof typeof variances];
      const scores = scoresOf({
        form: form === "online" ? "online" : "offlineDensity",
        location,
        variance: variances[spread],
      });
      differences.push(...compareGolden(`tfPrivacy.${field}`, scores, wanted, comparison));
    }
    for (const [field, wanted] of fields("offlineOneSided")) {
      const [location, ending] = field.split("_") as ["mean" | "median", string];
      const spread = ending.replace(/LogSf$/u, "") as keyof typeof variances;
      const scores = scoresOf({ form: "offline", location, variance: variances[spread] });
      // Our score is -log(1 - Phi): the listed forms are Phi and log(1 - Phi).
      const listed = scores.map((score) => (ending.endsWith("LogSf") ? -score : -Math.expm1(-score)));
      differences.push(...compareGolden(`offlineOneSided.${field}`, listed, wanted, comparison));
    }
    for (const [field, wanted] of fields("fit")) {
      differences.push(...compareFit(field, wanted));
    }
    return differences;

    function compareFit(field: string, wanted: unknown): string[] {
      if (field === "stdIn" || field === "stdOut") {
        const { spreads } = fitSide(shadows, field === "stdIn" ? 1 : 0);
        return compareGolden(`fit.${field}`, spreads, wanted, comparison);
      }
      const location = field as "mean" | "median";
      const [inside, outside] = ([1, 0] as const).map((side) => fitSide(shadows, side, { location }));
      const found: Record<string, Float64Array | number | undefined> = {
        meanIn: inside?.locations,
        meanOut: outside?.locations,
        stdInPooled: inside?.pooledSpread,
        stdOutPooled: outside?.pooledSpread,
      };
      return Object.entries(wanted as Record<string, unknown>).flatMap(([name, value]) =>
        value === null ? [] : compareGolden(`fit.${field}.${name}`, found[name] ?? [], value, comparison),
      );
    }
  },
};
