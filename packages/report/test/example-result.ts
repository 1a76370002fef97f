import { metricDefinitions } from "@ltu/metrics";

import type { AttackStrengthReading, Ends, ModelAudit, RateReading } from "../src/audit.ts";
import { gapTo } from "../src/gap.ts";
import { meanMetrics, oracleEnsemble } from "../src/oracles.ts";
import type { Result, Row, RowMetrics, RowTimes } from "../src/result.ts";

/** Made-up numbers of a likely size; no result of anything. */
const metricsOf: Readonly<Record<string, RowMetrics>> = {
  retrain: { ua: 51.6, ra: 100, ta: 48.7, miaEfficacy: 78.6, aucForgetTest: 0.503 },
  "do-nothing": { ua: 0, ra: 100, ta: 49.4, miaEfficacy: 1.6, aucForgetTest: 0.867 },
  finetune: { ua: 8.4, ra: 94.3, ta: 44.1, miaEfficacy: 13.3, aucForgetTest: 0.805 },
  "random-labels": { ua: 54, ra: 95.3, ta: 38.6, miaEfficacy: 91.3, aucForgetTest: 0.455 },
  literal: { ua: 62.5, ra: 86.5, ta: 34.6, miaEfficacy: 79.9, aucForgetTest: 0.474 },
  recommended: { ua: 49.8, ra: 98.9, ta: 46.1, miaEfficacy: 77.8, aucForgetTest: 0.495 },
};

function row(key: string, rest: Pick<Row, "method" | "label" | "sees" | "cost"> & Partial<Row>): Row {
  const metrics = metricsOf[key] as RowMetrics;
  return { metrics, gap: gapTo(metrics, metricsOf["retrain"]), history: {}, ...rest };
}

/** Series of `length` numbers. */
const series = (length: number, f: (t: number) => number): number[] =>
  Array.from({ length }, (_, i) => Number(f(i / (length - 1)).toFixed(4)));

const wave = (t: number, size: number): number => size * Math.sin(97 * t) * Math.cos(31 * t);

const ltuHistory = (target: number): Row["history"] => ({
  tuneLoss: series(110, (t) => 2.3 + 0.4 * Math.exp(-5 * t) + wave(t, 0.05)),
  testLoss: series(110, (t) => 2.4 * Math.exp(-2 * t) + 0.4 + wave(t, 0.1)),
  forgetLoss: series(110, (t) => 3.1 * Math.exp(-4 * t) + target + wave(t, 0.08)),
  rememberNorm: series(110, (t) => 3 + wave(t, 0.4)),
  forgetNorm: series(110, (t) => 0.3 + wave(t, 0.05)),
  cosine: series(110, (t) => -0.07 - 0.05 * target + wave(t + target, 0.06)),
  conflict: series(110, (t) => (wave(t + target, 1) > target - 0.9 ? 1 : 0)),
});

const notHeldOut = "both read the confidence p_y, which the attacks used as feedback read too";

const seconds = (unlearn: number, attacks = 0): RowTimes => ({
  unlearnSeconds: unlearn,
  attackTrainingSeconds: attacks,
  totalSeconds: unlearn + attacks,
  shareOfRetrain: (unlearn + attacks) / 61.4,
});

/** A complete result with made-up numbers. */
export const exampleResult: Result = {
  schemaVersion: 4,
  experiment: {
    name: "example",
    config: {
      schemaVersion: 1,
      name: "example",
      retainFraction: 0.3,
      forget: { share: 0.1 },
      methods: ["..."],
    },
  },
  seed: 1,
  splitSeed: 1,
  engine: { name: "wasm", threads: 2, description: "WebAssembly, SIMD, 2 threads" },
  versions: { ltu: "0.0.0", node: "20.19.5", "@tensorflow/tfjs-core": "4.22.0" },
  data: {
    name: "cifar10",
    contentHash: "c8f4b1b0d35f2c6d0e6a4f1f4b6f0b8d7a9be5a0c76f8f8a2d2d0f6d0c1b2a39",
    counts: { train: 5000, val: 1000, test: 2000, forget: 500, retain: 4500, accessibleRetain: 1350 },
  },
  model: { name: "small-cnn", parameters: 161274 },
  stages: ["prepare", "original", "retrain", "finetune", "LTU recommended", "audit"].map((name, i) => ({
    name,
    key: String(i).repeat(64),
  })),
  oracles: oracleEnsemble({
    reference: [
      { name: "oracle 1", key: "2".repeat(64), metrics: { ...metricsOf["retrain"] } as RowMetrics },
    ],
    heldOut: [],
    original: metricsOf["do-nothing"] as RowMetrics,
  }),
  definitions: metricDefinitions,
  original: { metrics: { ...metricsOf["do-nothing"] } as RowMetrics },
  rows: [
    row("retrain", {
      method: "retrain",
      label: "retrain",
      sees: "all",
      cost: { imagesForward: 112500, imagesBackward: 112500, steps: 900 },
    }),
    row("do-nothing", {
      method: "do-nothing",
      label: "do-nothing",
      sees: "-",
      cost: { imagesForward: 0, imagesBackward: 0, steps: 0 },
    }),
    row("finetune", {
      method: "finetune",
      label: "finetune",
      sees: "30 %",
      cost: { imagesForward: 13500, imagesBackward: 13500, steps: 110 },
    }),
    row("random-labels", {
      method: "random-labels",
      label: "random-labels",
      sees: "30 %",
      cost: { imagesForward: 18500, imagesBackward: 18500, steps: 150 },
    }),
    row("literal", {
      method: "ltu",
      optionSet: "literal",
      label: "LTU literal",
      sees: "30 %",
      cost: { imagesForward: 84480, imagesBackward: 70400, steps: 110 },
      notHeldOut,
      history: ltuHistory(0.7),
    }),
    row("recommended", {
      method: "ltu",
      optionSet: "recommended",
      label: "LTU recommended",
      sees: "30 %",
      cost: { imagesForward: 70400, imagesBackward: 42240, steps: 110 },
      notHeldOut,
      history: ltuHistory(0.2),
    }),
  ],
  curves: {
    original: {
      loss: series(25, (t) => 2.1 * Math.exp(-4 * t) + 0.01),
      accuracyPercent: series(25, (t) => 100 - 75 * Math.exp(-5 * t)),
      valAccuracyPercent: series(25, (t) => 49 - 25 * Math.exp(-6 * t)),
    },
    retrain: {
      loss: series(25, (t) => 2.15 * Math.exp(-3.8 * t) + 0.01),
      accuracyPercent: series(25, (t) => 100 - 76 * Math.exp(-4.8 * t)),
      valAccuracyPercent: series(25, (t) => 48 - 25 * Math.exp(-6 * t)),
    },
  },
  times: {
    totalSeconds: 190.2,
    stages: {
      prepare: 0.8,
      original: 66.1,
      retrain: 61.4,
      finetune: 7.4,
      "LTU recommended": 27.9,
      audit: 6.3,
    },
    rows: {
      retrain: seconds(61.4),
      "do-nothing": seconds(0),
      finetune: seconds(7.4),
      "random-labels": seconds(9.8),
      "LTU literal": seconds(41.3, 2.6),
      "LTU recommended": seconds(27.9, 2.6),
    },
    finishedAt: "2026-01-01T12:00:00Z",
  },
  machine: { platform: "linux", cpuModel: "example", cpus: 2, memoryBytes: 8e9 },
  warnings: [],
};

/** The example without its retrained model. */
export function withoutOracle(): Result {
  const rows = exampleResult.rows
    .filter(({ method }) => method !== "retrain")
    .map((each): Row => ({ ...each, gap: { reason: "NO_ORACLE" } }));
  const { original } = exampleResult;
  const oracles = oracleEnsemble({ reference: [], heldOut: [], original: original.metrics });
  return { ...exampleResult, oracles, rows };
}

/** The example with three oracles, whose mean and spread can be seen at a glance, and one held out. */
export function withEnsemble(): Result {
  const shifted = (points: number): RowMetrics => ({
    ua: 51.6 + points,
    ra: 100,
    ta: 48.7 - points,
    miaEfficacy: 78.6 + 2 * points,
    aucForgetTest: 0.503 + points / 100,
  });
  const { original, rows } = exampleResult;
  const key = (i: number): string => String(i).repeat(64);
  const oracles = oracleEnsemble({
    reference: [-1, 0, 1].map((points, i) => ({
      name: `oracle ${i + 1}`,
      key: key(i),
      metrics: shifted(points),
    })),
    heldOut: [{ name: "held-out oracle 1", key: key(4), metrics: shifted(1.5) }],
    original: original.metrics,
  });
  const mean = meanMetrics(oracles.reference.map(({ metrics }) => metrics));
  return {
    ...exampleResult,
    oracles,
    rows: rows.map((each) => {
      const metrics = each.method === "retrain" ? mean : each.metrics;
      return { ...each, metrics, gap: gapTo(metrics, mean) };
    }),
  };
}

/** Made-up phi of `count` images around `centre`. */
const spread = (centre: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Number((centre + 3 * Math.sin(7 * i + centre)).toFixed(4)));

/** A made-up audit: an attack whose AUC is `auc` with 0.03 to either side, and one that is refused where `isShared`. */
function auditOf({
  metrics,
  auc,
  isShared = false,
}: {
  metrics: RowMetrics;
  auc: number;
  isShared?: boolean;
}): ModelAudit {
  const around = (value: unknown, half: number): Ends => ({
    low: (value as number) - half,
    high: (value as number) + half,
  });
  const rate = (fpr: number): RateReading => {
    const estimate = fpr ** ((1 - auc) / auc);
    return { fpr, estimate, low: estimate / 2, high: Math.min(1, 1.5 * estimate) };
  };
  const strength: AttackStrengthReading = {
    auc,
    aucInterval: around(auc, 0.03),
    balancedAccuracy: Math.max(auc, 1 - auc),
    tpr: [rate(0.1), rate(0.01), { reason: "TOO_FEW_SAMPLES", detail: "made up" }, rate(0)],
    turnedTpr: [rate(0.1), { ...rate(0.01), estimate: 0.02 }, { reason: "TOO_FEW_SAMPLES" }, rate(0)],
    smallestFpr: 0.001,
    roc: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1].map((fpr) => ({ fpr, tpr: fpr ** ((1 - auc) / auc) })),
    samples: { forget: 500, unseen: 1000, leftOut: 0 },
    about: { gamma: 1 },
  };
  return {
    intervals: {
      ua: around(metrics.ua, 4),
      ra: around(metrics.ra, 0.5),
      ta: around(metrics.ta, 2),
      miaEfficacy: around(metrics.miaEfficacy, 3),
      aucForgetTest: around(metrics.aucForgetTest, 0.03),
    },
    phi: { forget: spread(12 * (auc - 0.5), 60), unseen: spread(0, 40) },
    attacks: [
      {
        attack: "loss-threshold",
        kind: "population",
        families: ["confidence"],
        reading: isShared
          ? { reason: "SHARED_WITH_FEEDBACK", detail: "shared: families (confidence)" }
          : strength,
      },
      { attack: "rmia", kind: "perExample", families: ["rmia"], reading: strength },
    ],
  };
}

/** {@link withEnsemble} with what was measured of each model beside its metrics. */
export function withAudits(): Result {
  const result = withEnsemble();
  const aucs: Readonly<Record<string, number>> = {
    "do-nothing": 0.8,
    finetune: 0.72,
    "random-labels": 0.44,
    "LTU literal": 0.47,
    "LTU recommended": 0.5,
  };
  const { reference, heldOut } = result.oracles;
  return {
    ...result,
    oracles: {
      ...result.oracles,
      reference: reference.map((each, i) => ({
        ...each,
        audit: auditOf({ metrics: each.metrics, auc: 0.49 + i / 100 }),
      })),
      heldOut: heldOut.map((each) => ({ ...each, audit: auditOf({ metrics: each.metrics, auc: 0.505 }) })),
    },
    original: { ...result.original, audit: auditOf({ metrics: result.original.metrics, auc: 0.8 }) },
    rows: result.rows.map((row) =>
      row.method === "retrain"
        ? row
        : {
            ...row,
            audit: auditOf({
              metrics: row.metrics,
              auc: aucs[row.label] as number,
              isShared: row.notHeldOut !== undefined,
            }),
          },
    ),
  };
}
