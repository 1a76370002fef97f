import type { RowMetrics } from "../src/result.ts";
import type { Search, SearchReading } from "../src/search.ts";

const oracle: RowMetrics = { ua: 50, ra: 100, ta: 48, miaEfficacy: 80, aucForgetTest: 0.5 };
/** A trial whose four distances from the oracle are all `points`. */
const away = (seed: number, points: number): SearchReading => ({
  seed,
  seconds: 2,
  metrics: { ...oracle, ua: 50 - points, ra: 100 - points, ta: 48 - points, miaEfficacy: 80 - points },
  cost: { imagesForward: 1000, imagesBackward: 500, steps: 10 },
});
const failed = (seed: number): SearchReading => ({
  seed,
  failed: { reason: "DIVERGED", detail: "finetune: the loss is NaN at step 3 of 10" },
});
const published = { scale: "log", from: 0.001, to: 0.1 } as const;

/** Made-up numbers; no result of anything. */
export const exampleSearch: Search = {
  schemaVersion: 1,
  kind: "search",
  name: "example",
  description: "",
  config: {},
  measuredOn: "validation",
  rule: "smallest mean",
  seeds: [101, 102],
  retrain: [101, 102].map((seed) => ({ seed, oracles: 3, metrics: oracle })),
  rows: [
    {
      label: "finetune (30 %)",
      method: "finetune",
      base: { retainAccess: "rho" },
      fixed: { epochs: 10 },
      ranges: { lr: { scale: "log", from: 0.001, to: 0.5 } },
      published: { what: "range", source: "an appendix", fixed: { epochs: 10 }, ranges: { lr: published } },
      trials: [
        { options: { lr: 0.001, epochs: 10 }, seeds: [away(101, 8), away(102, 10)] },
        { options: { lr: 0.02236, epochs: 10 }, seeds: [away(101, 4), away(102, 5)] },
        { options: { lr: 0.5, epochs: 10 }, seeds: [away(101, 1), failed(102)] },
      ],
      choice: { index: 1, options: { lr: 0.02236, epochs: 10 }, meanGap: 4.5, tried: 3, failed: 1 },
    },
  ],
  engine: { name: "cpu", threads: 1 },
  versions: { ltu: "0.0.0" },
  notes: [],
};
