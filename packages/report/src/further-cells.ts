import { metricDefinitions, type MetricName } from "@ltu/metrics";

import type { Ensemble } from "./ensemble.ts";
import { isMissing, reasonText, type Reading } from "./reasons.ts";
import type { Result, Row } from "./result.ts";
import type { TableCells } from "./table-cells.ts";

/** The measures of the table with the digits they are shown with. */
const columns: readonly (readonly [MetricName, number])[] = [
  ["tow", 3],
  ["towMia", 3],
  ["zrf", 3],
  ["relearnSteps", 0],
  ["relearnRatio", 2],
  ["klom", 2],
  ["klom95", 2],
  ["forgetScore", 3],
];

/** Measures beside the main table, of each row and of the held-out oracles; `undefined` where none was measured. */
export function furtherCells(result: Result): TableCells | undefined {
  const lines: readonly (readonly [string, Readonly<Record<string, Reading>>])[] = [
    ...result.oracles.heldOut.map(({ name, audit }) => {
      const { zrf, relearn } = audit ?? {};
      return [
        name,
        {
          ...(zrf === undefined ? {} : { zrf }),
          ...(relearn === undefined ? {} : { relearnSteps: isMissing(relearn) ? relearn : relearn.steps }),
        },
      ] as const;
    }),
    ...result.rows.map(({ label, readings = {} }) => [label, readings] as const),
  ];
  const shown = columns.filter(([name]) => lines.some(([, readings]) => typeof readings[name] === "number"));
  if (!shown.some(([name]) => name !== "tow" && name !== "towMia")) return undefined;
  const reasons = new Map<string, string[]>();
  const cell = (label: string, name: MetricName, digits: number, reading: Reading | undefined): string => {
    if (reading === undefined) return "-";
    if (!isMissing(reading)) return reading.toFixed(digits);
    const why = `${metricDefinitions[name].label}: ${reasonText(reading)}`;
    reasons.set(why, [...(reasons.get(why) ?? []), label]);
    return "n/a";
  };
  return {
    columns: ["Model", ...shown.map(([name]) => metricDefinitions[name].label)],
    rows: lines.map(([label, readings]) => [
      label,
      ...shown.map(([name, digits]) => cell(label, name, digits, readings[name])),
    ]),
    notes: [
      `${shown.map(([name]) => `${metricDefinitions[name].label}: ${metricDefinitions[name].meaning} ${targetOf(name)}`).join(" ")}`,
      ...ensembleNotes(result.rows),
      ...[...reasons].map(([why, labels]) => `${labels.join(", ")}: ${why}.`),
    ],
    textColumns: 1,
  };
}

function targetOf(name: MetricName): string {
  const { target } = metricDefinitions[name];
  return target === "retrained" ? "The target is the retrained models' value." : `The target is ${target}.`;
}

/** What values of so many models can show at all. */
function ensembleNotes(rows: readonly Row[]): string[] {
  const ensembles = rows.flatMap(({ label, ensemble }) =>
    ensemble === undefined || isMissing(ensemble) ? [] : [{ label, ensemble }],
  );
  const [first] = ensembles;
  if (first === undefined) return [];
  const { models, oracles, originals, klom, forgetting } = first.ensemble;
  const { noiseFloor } = klom.forget;
  const floors = [
    isMissing(noiseFloor) ? "" : `KLOM ${noiseFloor.mean.toFixed(2)}`,
    isMissing(forgetting) || isMissing(forgetting.noiseFloor)
      ? ""
      : `F-score ${forgetting.noiseFloor.toFixed(3)} (epsilon is seen up to ${forgetting.largestFinite.toFixed(1)})`,
  ].filter((text) => text !== "");
  return [
    `KLOM and F-score compare ${models} models of each method, ${originals === "own" ? "each from an original of its own," : "all from one original,"} with ${oracles} oracles; values of other numbers of models cannot be compared.${floors.length === 0 ? "" : ` Half of the oracles against the other half has ${floors.join(", ")}.`} Doing nothing has KLOM ${ceilings(ensembles)}.`,
  ];
}

function ceilings(ensembles: readonly { readonly ensemble: Ensemble }[]): string {
  const found = ensembles.flatMap(({ ensemble }) =>
    isMissing(ensemble.klom.forget.ceiling) ? [] : [ensemble.klom.forget.ceiling.mean.toFixed(2)],
  );
  return [...new Set(found)].join(", ") || "n/a";
}
