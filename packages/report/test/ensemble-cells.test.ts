import { describe, expect, it } from "vitest";

import { ensembleCells } from "../src/ensemble-cells.ts";
import type { Ensemble, EnsembleKlom } from "../src/ensemble.ts";
import { exampleResult } from "./example-result.ts";

const klom = (mean: number): EnsembleKlom => ({
  mean,
  p95: mean + 1,
  noiseFloor: { mean: 0.5, p95: 0.75 },
  ceiling: { mean: 8, p95: 11 },
});
const ensemble: Ensemble = {
  models: 4,
  oracles: 5,
  originals: "one",
  klom: { forget: klom(3), retain: klom(2), test: { ...klom(1), ceiling: { reason: "NOT_RUN" } } },
  forgetting: {
    forgetScore: 0.25,
    noiseFloor: 0.5,
    challengeScore: 0.2,
    epsilon: { median: 1, p95: 2, largest: 50 },
    largestFinite: 1.1,
    maxEpsilon: 2,
  },
};
const rowsWith = (found: Ensemble) =>
  exampleResult.rows.map((row) => (row.label === "finetune" ? { ...row, ensemble: found } : row));

describe("ensembleCells", () => {
  it("has KLOM on every set between its noise floor and its ceiling, and the tail of epsilon", () => {
    const { columns, rows, notes } = ensembleCells({ rows: rowsWith(ensemble) }) ?? {
      columns: [],
      rows: [],
      notes: [],
    };
    expect(columns.slice(1, 4)).toEqual(["KLOM forget (95 %)", "KLOM retain (95 %)", "KLOM test (95 %)"]);
    expect(rows).toEqual([
      [
        "half of the oracles against the other half",
        "0.50 (0.75)",
        "0.50 (0.75)",
        "0.50 (0.75)",
        "-",
        "0.500",
        "-",
      ],
      ["nothing forgotten", "8.00 (11.00)", "8.00 (11.00)", "n/a", "-", "-", "-"],
      ["finetune", "3.00 (4.00)", "2.00 (3.00)", "1.00 (2.00)", "1.00, 2.00, 50.00", "0.250", "0.200"],
    ]);
    expect(notes[0]).toContain("4 models of each method, all from one original, against 5 oracles");
    expect(notes.join(" ")).toContain("cannot be compared with published ones");
    expect(notes.join(" ")).toContain("4 models show values up to 1.1");
  });

  it("has a reason where there is no forgetting quality, and is not there for one model of each method", () => {
    const without = { ...ensemble, forgetting: { reason: "TOO_FEW_MODELS" } } as const;
    expect(
      ensembleCells({ rows: rowsWith(without) })
        ?.rows.at(-1)
        ?.slice(4),
    ).toEqual(["n/a", "n/a", "n/a"]);
    expect(ensembleCells(exampleResult)).toBeUndefined();
    const missing = exampleResult.rows.map((row) => ({
      ...row,
      ensemble: { reason: "TOO_FEW_MODELS" } as const,
    }));
    expect(ensembleCells({ rows: missing })).toBeUndefined();
  });
});
