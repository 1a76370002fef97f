import { gapTo } from "../src/gap.ts";
import type { Mechanisms } from "../src/mechanisms.ts";
import type { RowMetrics } from "../src/result.ts";
import type { AxisValue, Study, StudyPlace, StudyRow, StudyRun } from "../src/study.ts";

const oracle: RowMetrics = { ua: 50, ra: 100, ta: 48, miaEfficacy: 80, aucForgetTest: 0.5 };
/** A model whose four distances from the oracle are all `points`. */
const away = (points: number): RowMetrics => ({
  ua: (oracle.ua as number) - points,
  ra: 100 - points,
  ta: 48 - points,
  miaEfficacy: 80 - points,
  aucForgetTest: 0.5 + points / 100,
});
const notHeldOut = "both read the confidence";

const rows: readonly StudyRow[] = [
  { method: "retrain", label: "retrain", sees: "all" },
  { method: "do-nothing", label: "do-nothing", sees: "-" },
  { method: "ltu", optionSet: "recommended", label: "LTU", sees: "30 %", notHeldOut },
  { method: "ltu", label: "no anchor", sees: "30 %", changes: { anchorWeight: 0 }, notHeldOut },
  { method: "ltu", label: "second order", sees: "30 %", changes: { order: "second" }, notHeldOut },
];
/** Avg. Gap of each row at the seeds 1, 2 and 3. Made-up numbers; no result of anything. */
const gaps: Readonly<Record<string, readonly number[]>> = {
  retrain: [0, 0, 0],
  "do-nothing": [30, 31, 32],
  LTU: [2, 3, 4],
  "no anchor": [9, 10.5, 11],
  "second order": [2.5, 2, 4.5],
};

const places = (labels: readonly string[], values: readonly (AxisValue | undefined)[]): StudyPlace[] =>
  labels.flatMap((row) =>
    values.flatMap((value) =>
      [1, 2, 3].map((seed) => ({ row, seed, ...(value === undefined ? {} : { value }) })),
    ),
  );

const runOf = (place: StudyPlace, shift = 0): StudyRun => {
  const metrics = place.row === "retrain" ? oracle : away((gaps[place.row]?.[place.seed - 1] ?? 0) + shift);
  const isLtu = !["retrain", "do-nothing", "finetune"].includes(place.row);
  return {
    ...place,
    metrics,
    gap: gapTo(metrics, oracle),
    ...(isLtu ? { conflictShare: 0.9, meanCosine: -0.07, cosine: [-0.1, -0.04 - place.seed / 100] } : {}),
  };
};

const seconds = (place: StudyPlace): Study["times"]["runs"][number] => ({
  ...place,
  unlearnSeconds: 4,
  attackTrainingSeconds: 1,
  totalSeconds: 5,
  shareOfRetrain: 0.5,
});

const common = {
  schemaVersion: 2,
  kind: "study",
  description: "made-up numbers",
  config: { seeds: [1, 2, 3] },
  seeds: [1, 2, 3],
  engine: { name: "wasm", threads: 2 },
  versions: { ltu: "0.0.0" },
  data: { name: "cifar10", counts: { train: 2000, forget: 200 } },
  model: { name: "small-cnn", parameters: 161_274 },
  stages: [{ name: "prepare", key: "0".repeat(64) }],
  machine: { cores: 2 },
  warnings: [],
} as const;

const variantPlaces = places(
  rows.map(({ label }) => label),
  [undefined],
);

/** A study of variants. */
export const exampleStudy: Study = {
  ...common,
  name: "ablation",
  defaultRow: "LTU",
  rows,
  runs: variantPlaces.map((place) => runOf(place)),
  oracles: [1, 2, 3].map((seed) => ({ seed, count: 3, heldOut: 1, noiseFloor: 1 + seed / 10 })),
  times: { totalSeconds: 60, runs: variantPlaces.map(seconds) },
};

const axisPlaces = places(["retrain", "do-nothing", "LTU"], [0.1, 0.3]);

/** A study over an axis. */
export const exampleSweep: Study = {
  ...common,
  name: "sweep",
  axis: { key: "retainFraction", values: [0.1, 0.3] },
  rows: rows.slice(0, 3),
  runs: axisPlaces.map((place) => runOf(place, place.row === "LTU" && place.value === 0.1 ? 3 : 0)),
  oracles: [0.1, 0.3].flatMap((value) =>
    [1, 2, 3].map((seed) => ({
      seed,
      value,
      count: 1,
      heldOut: 0,
      noiseFloor: { reason: "NOT_RUN" as const },
    })),
  ),
  times: { totalSeconds: 60, runs: axisPlaces.map(seconds) },
};

/** Two measured mechanisms. */
export const exampleMechanisms: Mechanisms = {
  schemaVersion: 1,
  kind: "mechanisms",
  name: "first",
  description: "made-up numbers",
  config: {},
  engine: { name: "wasm", threads: 2 },
  versions: { ltu: "0.0.0" },
  parts: [
    {
      id: "gap",
      title: "What is kept over the task gap",
      method: "A toy.",
      x: { name: "task gap", isNumber: true },
      y: { name: "loss" },
      seeds: [1, 2],
      series: [
        {
          name: "with",
          points: [
            { x: 0, values: [1, 2] },
            { x: 0.25, values: [2, 2] },
          ],
        },
        {
          name: "without",
          points: [
            { x: 0, values: [1.5, 3] },
            { x: 0.25, values: [2, 2] },
          ],
        },
      ],
      contrast: { name: "with against without", of: "with", minus: "without" },
      notes: ["Less is more."],
    },
    {
      id: "rules",
      title: "Rules",
      method: "Another toy.",
      x: { name: "rule", isNumber: false },
      y: { name: "change of the loss", reference: 0 },
      seeds: [1],
      series: [
        {
          name: "remember",
          points: [
            { x: "off", values: [0.5] },
            { x: "both", values: [-0.2] },
          ],
        },
        {
          name: "forget",
          points: [
            { x: "off", values: [-0.5] },
            { x: "both", values: [-0.2] },
          ],
        },
      ],
      notes: [],
    },
  ],
  stages: [],
  times: { totalSeconds: 1 },
  machine: { cores: 2 },
};
