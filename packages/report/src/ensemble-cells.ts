import type { Ensemble, EnsembleKlom } from "./ensemble.ts";
import { isMissing, type Missing, type Reading } from "./reasons.ts";
import type { Result } from "./result.ts";
import type { TableCells } from "./table-cells.ts";

type Ends = { readonly mean: number; readonly p95: number } | Missing | undefined;

const sets = ["forget", "retain", "test"] as const;

/**
 * Several models of each method beside several retrained ones: KLOM on each set with its noise floor and its ceiling, and
 * forgetting quality with the tail of epsilon; `undefined` where there was one model of each method.
 */
export function ensembleCells({ rows }: Pick<Result, "rows">): TableCells | undefined {
  const found = rows.flatMap(({ label, ensemble }) =>
    ensemble === undefined || isMissing(ensemble) ? [] : [{ label, ensemble }],
  );
  const [first] = found;
  if (first === undefined) return undefined;
  const { models, oracles, originals, klom, forgetting } = first.ensemble;
  const line = (label: string, of: (set: EnsembleKlom) => Ends, rest: readonly string[]): string[] => [
    label,
    ...sets.map((set) => klomCell(of(first.ensemble.klom[set]))),
    ...rest,
  ];
  const floor = isMissing(forgetting) ? "n/a" : readingCell(forgetting.noiseFloor, 3);
  return {
    columns: [
      "Model",
      ...sets.map((set) => `KLOM ${set} (95 %)`),
      "epsilon median, 95 %, largest",
      "F-score",
      "challenge score",
    ],
    rows: [
      line("half of the oracles against the other half", ({ noiseFloor }) => noiseFloor, ["-", floor, "-"]),
      line("nothing forgotten", ({ ceiling }) => ceiling, ["-", "-", "-"]),
      ...found.map(({ label, ensemble }) => [
        label,
        ...sets.map((set) => klomCell(ensemble.klom[set])),
        ...forgettingCells(ensemble),
      ]),
    ],
    notes: [
      `${models} models of each method, ${originals === "own" ? "each from an original of its own" : "all from one original"}, against ${oracles} oracles. KLOM: divergence of an image's margins from those under the oracles, its mean over the set and its 95th percentile; 0 is perfect. The first two lines are its noise floor and its ceiling.`,
      "Values of so few models cannot be compared with published ones, which rest on 100 models (KLOM) and 512 (F-score): with few the floor of the histogram decides most of KLOM.",
      ...(isMissing(forgetting)
        ? []
        : [
            `Epsilon of one image: how surely the best attack tells unlearned from retrained models by it; ${models} models show values up to ${forgetting.largestFinite.toFixed(1)}, and 50 stands for infinite. F-score: mean points of epsilon, which end at ${forgetting.maxEpsilon}. Challenge score: F-score times what is left of retain and test accuracy.`,
          ]),
      ...(isMissing(klom.forget.noiseFloor)
        ? [`Noise floor: ${klom.forget.noiseFloor.detail ?? klom.forget.noiseFloor.reason}.`]
        : []),
    ],
    textColumns: 1,
  };
}

function klomCell(ends: Ends): string {
  return ends === undefined || isMissing(ends) ? "n/a" : `${ends.mean.toFixed(2)} (${ends.p95.toFixed(2)})`;
}

function forgettingCells({ forgetting }: Ensemble): string[] {
  if (isMissing(forgetting)) return ["n/a", "n/a", "n/a"];
  const { median, p95, largest } = forgetting.epsilon;
  return [
    [median, p95, largest].map((each) => readingCell(each, 2)).join(", "),
    readingCell(forgetting.forgetScore, 3),
    readingCell(forgetting.challengeScore, 3),
  ];
}

function readingCell(reading: Reading, digits: number): string {
  return isMissing(reading) ? "n/a" : reading.toFixed(digits);
}
