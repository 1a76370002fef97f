import { streisand } from "@ltu/metrics";

import { hasStrength, type AttackReading, type Ends, type ModelAudit, type RateReading } from "./audit.ts";
import { metricKeys, metricLabels } from "./oracles.ts";
import { isMissing, type Missing, type Reading } from "./reasons.ts";
import { oracleRow, type Gap, type Result, type RowMetrics } from "./result.ts";
import { marksOfCell, noSignalMark, notHeldOutMark, sharedMark, type TableCells } from "./table-cells.ts";

interface Line {
  readonly label: string;
  readonly metrics: RowMetrics;
  readonly gap?: Gap;
  readonly audit?: ModelAudit | undefined;
  readonly notHeldOut?: string | undefined;
  /** Whether it is measured like a method: not so the original and the oracles that make the mean. */
  readonly isMeasured: boolean;
}

/** The original, the single oracles, those held out, then the methods. */
function linesOf({ original, oracles, rows }: Result): Line[] {
  return [
    { label: "original", ...original, isMeasured: false },
    ...oracles.reference.map(({ name, ...rest }) => ({ label: name, ...rest, isMeasured: false })),
    ...oracles.heldOut.map(({ name, ...rest }) => ({ label: name, ...rest, isMeasured: true })),
    ...rows.filter(({ method }) => method !== "retrain").map((row) => ({ ...row, isMeasured: true })),
  ];
}

/** Every number with its 95 % interval over samples, and how far each gap is above the noise; `undefined` without intervals. */
export function intervalCells(result: Result): TableCells | undefined {
  const lines = linesOf(result).filter(({ audit }) => audit !== undefined);
  if (oracleRow(result) === undefined || lines.length === 0) return undefined;
  const { noiseFloor } = result.oracles;
  const gapCells = (gap: Gap | undefined): string[] => {
    if (gap === undefined) return ["-", "-"];
    if (isMissing(gap)) return ["n/a", "n/a"];
    const above = isMissing(noiseFloor)
      ? "-"
      : `${gap.value > noiseFloor ? "+" : ""}${(gap.value - noiseFloor).toFixed(2)}`;
    return [gap.value.toFixed(2), above];
  };
  return {
    columns: [
      "Model",
      "Avg. Gap",
      "above noise",
      ...metricKeys.map((key) => metricLabels[key]),
      "forget set stands out",
    ],
    rows: lines.map((line) => [
      line.label,
      ...gapCells(line.gap),
      ...metricKeys.map(
        (key) =>
          withEnds(line.metrics[key], line.audit?.intervals[key], key === "aucForgetTest" ? 3 : 1) +
          (line.isMeasured ? marksOfCell(result, key, line) : ""),
      ),
      line.isMeasured ? standsOut(result, line) : "-",
    ]),
    notes: [
      "In brackets: 95 % intervals over samples, Clopper-Pearson for shares and DeLong for the AUC of p_y between forget and test set. They say nothing about other seeds; the single oracles show that spread.",
      isMissing(noiseFloor)
        ? "Above noise: not measured, for no oracle was held out."
        : `Above noise: Avg. Gap minus the noise floor of ${noiseFloor.toFixed(2)}, which is the mean Avg. Gap of the held-out oracles.`,
      `Forget set stands out (the Streisand check): by the AUC of p_y against the 95 % band of one more oracle; "under-forgotten" above it, "over-forgotten" below it, for a set that looks less like training images than new ones do is given away too. ${noSignalMark} no signal and ${notHeldOutMark} shared signal, as in the table of results.`,
    ],
    textColumns: 1,
  };
}

/** Whether, and in which direction, the forget set stands out under a model. */
function standsOut({ oracles }: Result, { metrics, notHeldOut }: Line): string {
  const { aucForgetTest: own } = metrics;
  const others = oracles.reference.map((oracle) => oracle.metrics.aucForgetTest);
  if (isMissing(own) || others.some(isMissing)) return "n/a";
  const { standsOut: found } = streisand(own, others as number[]);
  return `${found === "not-told" ? "not told" : found === "as-oracle" ? "as an oracle" : found}${notHeldOut === undefined ? "" : notHeldOutMark}`;
}

function withEnds(value: Reading, ends: Ends | Missing | undefined, digits: number): string {
  if (isMissing(value)) return "n/a";
  const shown = value.toFixed(digits);
  return ends === undefined || isMissing(ends)
    ? shown
    : `${shown} [${ends.low.toFixed(digits)}, ${ends.high.toFixed(digits)}]`;
}

/**
 * What each evaluator finds on each model, as AUC or as true-positive rate at 1 %; `undefined` where there is nothing.
 *
 * @param shadows - `"own"`: every model, a row with the shadow models of its method. `"others"`: models with shadow models of
 * methods that are not their own, the control of attacks that are fitted on unlearned models.
 */
export function attackCells(
  result: Result,
  what: "auc" | "tpr",
  shadows: "own" | "others" = "own",
): TableCells | undefined {
  const lines = linesOf(result).flatMap((line) => attackLines(line, shadows));
  const names = [...new Set(lines.flatMap(({ attacks }) => attacks.map(({ attack }) => attack)))];
  if (names.length === 0) return undefined;
  const missing = new Map<string, string[]>();
  const cell = (label: string, found: AttackReading | undefined): string => {
    if (found === undefined) return "-";
    const { attack, reading, mark = "" } = found;
    if (!hasStrength(reading)) {
      const key = `${attack}: ${reading.reason}, ${reading.detail}`;
      missing.set(key, [...(missing.get(key) ?? []), label]);
      return reading.reason === "SHARED_WITH_FEEDBACK" ? "refused" : "n/a";
    }
    const star = mark === "" ? "" : sharedMark;
    if (what === "auc") return `${withEnds(reading.auc, reading.aucInterval, 3)}${star}`;
    const rates = [reading.tpr[1], reading.turnedTpr[1]].map((rate) =>
      rate === undefined || isMissing(rate) ? undefined : rate,
    );
    const [straight, turned] = rates;
    if (straight === undefined || turned === undefined) return "n/a";
    return `${turned.estimate > straight.estimate ? `${rateCell(turned)} turned` : rateCell(straight)}${star}`;
  };
  const rows = lines.map(({ label, attacks }) => [
    label,
    ...names.map((name) =>
      cell(
        label,
        attacks.find(({ attack }) => attack === name),
      ),
    ),
  ]);
  const { samples } = lines
    .flatMap(({ attacks }) => attacks)
    .map(({ reading }) => reading)
    .find(hasStrength) ?? { samples: { forget: 0, unseen: 0 } };
  const marked = lines.flatMap(({ label, attacks }) =>
    attacks.flatMap(({ attack, mark }) => (mark === undefined ? [] : [`${attack} on ${label} (${mark})`])),
  );
  return {
    columns: ["Model", ...names],
    rows,
    notes: [
      what === "auc"
        ? `Chance that a forgotten image (${samples.forget}) scores above an image no model has seen (${samples.unseen}), with its 95 % interval; one half is chance, and a value below it tells the sets apart as well.`
        : `Share of the ${samples.forget} forgotten images found when at most 1 % of the ${samples.unseen} unseen ones are taken for members, with its Clopper-Pearson interval; the stronger of both directions, "turned" where few member-like scores give the set away. Chance is 1 %.`,
      ...kindNotes(lines.flatMap(({ attacks }) => attacks)),
      ...shadowNotes(result),
      ...(marked.length === 0 ? [] : [`${sharedMark} No independent audit: ${marked.join("; ")}.`]),
      ...[...missing].map(([reason, labels]) => `${labels.join(", ")}: ${reason.replace(/\.?$/, ".")}`),
    ],
    textColumns: 1,
  };
}

/** The attacks on one model: with shadow models of its own method, or those of each other method on a line each. */
function attackLines(
  { label, audit }: Line,
  shadows: "own" | "others",
): { readonly label: string; readonly attacks: AttackReading[] }[] {
  const attacks = audit?.attacks ?? [];
  const isOwn = ({ shadowsOf }: AttackReading): boolean => shadowsOf === undefined || shadowsOf === label;
  const others = [...new Set(attacks.filter((attack) => !isOwn(attack)).map(({ shadowsOf }) => shadowsOf))];
  const lines =
    shadows === "own"
      ? [{ label, attacks: attacks.filter(isOwn) }]
      : others.map((of) => ({
          label: `${label}, shadows of ${of}`,
          attacks: attacks.filter(({ shadowsOf }) => shadowsOf === of),
        }));
  return lines.filter((line) => line.attacks.length > 0);
}

const kindNames: readonly (readonly [string, string])[] = [
  ["perExample", "A reference of its own for each image"],
  ["query", "Several queries of each image"],
  ["population", "One rule for all images, which is weak"],
];

/** What kind each attack is of, and which share one spread between images. */
function kindNotes(attacks: readonly AttackReading[]): string[] {
  const namesOf = (isWanted: (attack: AttackReading) => boolean): string =>
    [...new Set(attacks.filter(isWanted).map(({ attack }) => attack))].join(", ");
  const kinds = kindNames
    .map(([kind, text]) => [text, namesOf((attack) => attack.kind === kind)] as const)
    .filter(([, names]) => names !== "")
    .map(([text, names]) => `${text}: ${names}.`);
  const pooled = namesOf(({ reading }) => hasStrength(reading) && reading.about["variance"] === "pooled");
  return [
    kinds.join(" "),
    ...(pooled === ""
      ? []
      : [
          `Pooled variance: ${pooled} share one spread between all images, for there are fewer than 16 models a side; a spread of its own for each image would be stronger.`,
        ]),
  ];
}

/** What the attacks that compare with shadow models rest on. */
function shadowNotes({ shadows }: Result): string[] {
  if (shadows === undefined) return [];
  const { originals, unlearnedBy, perTarget, expected } = shadows;
  const methods =
    unlearnedBy.length === 0 ? "" : `, each unlearned by the method of ${unlearnedBy.join(", ")} too`;
  const width =
    expected.meanGapWidth === undefined
      ? ""
      : ` With ${perTarget.member} and ${perTarget.other} models a side, the interval of one image is ${expected.meanGapWidth.toFixed(1)} standard deviations wide.`;
  return [
    `Attacks with -online or -unlearned in their names, u-lira and update-pair compare with ${originals} shadow models${methods}; they score as many unseen images as the shadow models share, so the interval of their AUC is about ${expected.aucWidth.toFixed(2)} wide where there is nothing to find.${width}`,
  ];
}

function rateCell({ estimate, low, high }: RateReading): string {
  const percent = (share: number): string => (100 * share).toFixed(1);
  return `${percent(estimate)} % [${percent(low)}, ${percent(high)}]`;
}
