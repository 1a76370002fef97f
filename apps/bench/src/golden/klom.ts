import { klom, logitMargin, type ModelScores } from "@ltu/metrics";
import { compareGolden, decodeTensor, type GoldenCase, type GoldenTopic } from "@ltu/testing";

/** The forms that are targets; a reference's with its faults is none. */
const forms = { correctedFixedEdges: "floor", laplaceFixedEdges: "laplace" } as const;

interface ExpectedKlom {
  readonly perExample: unknown;
  readonly mean: unknown;
  readonly p95: unknown;
}

function marginsOf(value: unknown): ModelScores {
  const { data, shape } = decodeTensor(value);
  return { values: data, models: shape[0] as number, samples: shape[1] as number };
}

function compareKlom({ inputs, params, expected, tolerance }: GoldenCase): string[] {
  const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
  const [low, high] = params["clip"] as [number, number];
  const bins = Number(params["bins"]);
  return Object.entries(forms).flatMap(([field, smoothing]) => {
    const wanted = expected[field] as ExpectedKlom | null | undefined;
    if (wanted === undefined || wanted === null) return [];
    const found = klom(marginsOf(inputs["oracleMargins"]), marginsOf(inputs["unlearnedMargins"]), {
      bins,
      clip: [low, high],
      floor: Number(params["floor"]),
      smoothing,
    });
    return [
      ...compareGolden(`${field}.perExample`, found.perSample, wanted.perExample, comparison),
      ...compareGolden(`${field}.mean`, found.mean, wanted.mean, comparison),
      ...compareGolden(`${field}.p95`, found.p95, wanted.p95, comparison),
    ];
  });
}

function compareMargins({ inputs, expected, tolerance }: GoldenCase): string[] {
  const { data, shape } = decodeTensor(inputs["logits"]);
  const [models, samples, classes] = shape as [number, number, number];
  const { data: labels } = decodeTensor(inputs["labels"]);
  const margins = Array.from({ length: models }, (_, model) => [
    ...logitMargin({
      logits: data.slice(model * samples * classes, (model + 1) * samples * classes),
      labels,
      classes,
    }),
  ]).flat();
  return compareGolden("margins", margins, expected["margins"], { abs: tolerance.abs ?? 0, rel: tolerance.rel });
}

/** KL of margins: fixed edges with a floor or with Laplace's smoothing, and margins from logits. */
export const topic: GoldenTopic = {
  topic: "klom",
  run: async (golden) => {
    const { kind } = golden.params;
    if (kind === "klom") return compareKlom(golden);
    if (kind === "margin") return compareMargins(golden);
    return [`no runner for the kind ${String(kind)}`];
  },
};
