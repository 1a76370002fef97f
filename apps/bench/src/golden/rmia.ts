import { rmiaScores, type RmiaOptions } from "@ltu/mia/evaluators";
import { compareGolden, decodeTensor, type GoldenTopic } from "@ltu/testing";

import { byRow } from "./scores-by-row.ts";

/** RMIA: p(x), p(z) and the share of the population that a sample beats, for the options in each field's name. */
export const topic: GoldenTopic = {
  topic: "rmia",
  run: async ({ inputs, expected, tolerance }) => {
    // The file has a row for each sample; signals have a row for each model.
    const byModel = (name: string): number[] => {
      const { data, shape } = decodeTensor(inputs[name]);
      const [samples, models] = shape as [number, number];
      return Array.from({ length: data.length }, (_, k) => {
        const [model, sample] = [Math.floor(k / samples), k % samples];
        return data[sample * models + model] as number;
      });
    };
    const logs = (values: readonly number[]): Float64Array => Float64Array.from(values, Math.log);
    const target = logs(decodeTensor(inputs["targetX"]).data);
    const signals = {
      target,
      references: {
        values: logs(byModel("refX")),
        sides: Int8Array.from(byModel("refMember")),
        samples: target.length,
      },
      populationTarget: logs(decodeTensor(inputs["targetZ"]).data),
      populationReferences: logs(byModel("refZ")),
    };
    const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
    return Object.entries(expected).flatMap(([field, wanted]) => {
      const result = rmiaScores(signals, optionsOf(field));
      const exp = (values: Float64Array): Float64Array => values.map(Math.exp);
      const found: Record<string, Float64Array> = {
        score: byRow(result, target.length),
        pX: byRow({ rows: result.rows, scores: exp(result.logPrior) }, target.length),
        pZ: exp(result.populationLogPrior),
      };
      return Object.entries(wanted as Record<string, unknown>).flatMap(([name, values]) => {
        if (/reference/iu.test(name) || values === null) return [];
        const numbers = found[name];
        return numbers === undefined
          ? [`${field}.${name}: no number of this name`]
          : compareGolden(`${field}.${name}`, numbers, values, comparison);
      });
    });
  },
};

/** Such as `offline_a0.3_gamma1` or `online_gamma2`. */
function optionsOf(field: string): RmiaOptions {
  const [form, ...dials] = field.split("_");
  const dial = (name: string): number | undefined => {
    const text = dials.find((part) => part.startsWith(name))?.slice(name.length);
    return text === undefined ? undefined : Number(text);
  };
  const [a, gamma] = [dial("a"), dial("gamma")];
  return {
    form: form as "offline" | "online",
    ...(a === undefined ? {} : { a }),
    ...(gamma === undefined ? {} : { gamma }),
  };
}
