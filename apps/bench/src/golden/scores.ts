import {
  avgGap,
  clopperPearson,
  isMissing,
  relearnRatio,
  relearnTime,
  tInterval,
  tow,
  towMia,
  type Reading,
  type UnlearningMetrics,
} from "@ltu/metrics";
import { compareGolden, decodeTensor, type Comparison, type GoldenCase, type GoldenTopic } from "@ltu/testing";

type Accuracies = Readonly<Record<"forget" | "retain" | "test", number>>;

/** Named numbers beside the expected ones; names that are not compared anywhere are left out by the caller. */
function compareFields(
  got: Readonly<Record<string, ArrayLike<number> | Reading | undefined>>,
  { expected, tolerance }: GoldenCase,
): string[] {
  const comparison: Comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
  return Object.entries(got).flatMap(([field, value]) => {
    const wanted = expected[field];
    if (wanted === undefined || wanted === null) return [];
    if (value === undefined || isMissing(value)) {
      return [`${field}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(value)}`];
    }
    return compareGolden(field, value, wanted, comparison);
  });
}

/** A reading where the case may ask for a reason instead of a number. */
function compareReading(field: string, reading: Reading, golden: GoldenCase): string[] {
  if (golden.expected["undefined"] !== true) return compareFields({ [field]: reading }, golden);
  return isMissing(reading) ? [] : [`${field}: expected a reason, found ${reading}`];
}

/** Runners by `params.kind`. */
const kinds: Readonly<Record<string, (golden: GoldenCase) => readonly string[]>> = {
  avgGap: (golden) => {
    const { value, parts } = avgGap(
      golden.inputs["method"] as UnlearningMetrics,
      golden.inputs["retrain"] as UnlearningMetrics,
    );
    const wanted = (golden.expected["parts"] ?? {}) as Readonly<Record<string, unknown>>;
    return [
      ...compareFields({ avgGap: value }, golden),
      ...compareFields({ ...parts }, { ...golden, expected: wanted }),
    ];
  },
  tow: (golden) => {
    const percent = golden.params["unit"] === "fraction" ? 100 : 1;
    const metrics = (accuracies: unknown, mia: unknown): UnlearningMetrics => {
      const { forget, retain, test } = accuracies as Accuracies;
      return {
        UA: 100 - percent * forget,
        RA: percent * retain,
        TA: percent * test,
        MIA: percent * Number(mia ?? 0),
      };
    };
    const method = metrics(golden.inputs["unlearned"], golden.inputs["miaUnlearned"]);
    const retrained = metrics(golden.inputs["retrained"], golden.inputs["miaRetrained"]);
    return compareFields({ tow: tow(method, retrained).value, towMia: towMia(method, retrained).value }, golden);
  },
  relearnRatio: (golden) =>
    compareReading(
      "ratio",
      relearnRatio(Number(golden.inputs["stepsUnlearned"]), Number(golden.inputs["stepsRetrained"])),
      golden,
    ),
  relearnSteps: (golden) => {
    const { inputs } = golden;
    const { stepsUnlearned, stepsRetrained, ratio } = relearnTime(
      decodeTensor(inputs["lossUnlearned"]).data,
      decodeTensor(inputs["lossRetrained"]).data,
      { target: Number(inputs["targetLoss"]) },
    );
    return [
      ...compareFields({ stepsUnlearned, stepsRetrained }, golden),
      ...compareReading("ratio", ratio, golden),
    ];
  },
  clopperPearson: (golden) => {
    const { inputs, params } = golden;
    const { estimate, low, high } = clopperPearson(Number(inputs["successes"]), Number(inputs["trials"]), {
      confidence: Number(params["confidence"]),
    });
    return compareFields({ estimate, low, high }, golden);
  },
  tInterval: (golden) => {
    const found = tInterval(decodeTensor(golden.inputs["values"]).data, {
      confidence: Number(golden.params["confidence"]),
    });
    if (golden.expected["undefined"] === true) {
      return isMissing(found) ? [] : [`expected a reason, found ${found.mean}`];
    }
    if (isMissing(found)) return [`expected an interval, found the reason ${found.reason}`];
    const { mean, sd, sem, tQuantile, low, high } = found;
    return compareFields({ mean, sd, sem, tQuantile, low, high }, golden);
  },
};

/** Scores of a table: gaps, ToW, relearn times and intervals. */
export const topic: GoldenTopic = {
  topic: "scores",
  run: async (golden) => {
    const { kind } = golden.params;
    return kinds[String(kind)]?.(golden) ?? [`no runner for the kind ${String(kind)}`];
  },
};
