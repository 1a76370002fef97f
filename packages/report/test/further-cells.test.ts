import { describe, expect, it } from "vitest";

import type { Ensemble } from "../src/ensemble.ts";
import { furtherCells } from "../src/further-cells.ts";
import { htmlReport } from "../src/html-report.ts";
import type { Result } from "../src/result.ts";
import { exampleResult, withAudits } from "./example-result.ts";

const klom = {
  mean: 3.25,
  p95: 9,
  noiseFloor: { mean: 1.5, p95: 4 },
  ceiling: { mean: 8.75, p95: 11 },
} as const;
const ensemble: Ensemble = {
  models: 4,
  oracles: 4,
  originals: "own",
  klom: { forget: klom, retain: klom, test: klom },
  forgetting: {
    forgetScore: 0.25,
    noiseFloor: 0.5,
    challengeScore: 0.2,
    epsilon: { median: 1, p95: 2, largest: 50 },
    largestFinite: 1.1,
    maxEpsilon: 2,
  },
};

/** The example with made-up further measures of one row and of the held-out oracle. */
function measured(): Result {
  const full = withAudits();
  const curve = { target: 0.1, steps: 7, losses: [2, 1, 0.1] };
  return {
    ...full,
    oracles: {
      ...full.oracles,
      heldOut: full.oracles.heldOut.map((each) => ({
        ...each,
        audit: each.audit && { ...each.audit, zrf: 0.61, relearn: curve },
      })),
    },
    rows: full.rows.map((row) =>
      row.label === "finetune"
        ? {
            ...row,
            ensemble,
            readings: {
              ...row.readings,
              zrf: 0.55,
              relearnSteps: { reason: "CENSORED", detail: "above 0.1 after 30 steps" } as const,
              klom: 3.25,
              forgetScore: 0.25,
            },
          }
        : row,
    ),
  };
}

describe("the table of further measures", () => {
  it("has a line a row and a held-out oracle, a number or a reason for each", async () => {
    const cells = furtherCells(measured());
    const line = (label: string): readonly string[] => cells?.rows.find(([name]) => name === label) ?? [];
    const at = (label: string, column: string): string | undefined =>
      line(label)[cells?.columns.indexOf(column) ?? -1];
    expect(at("finetune", "ZRF")).toBe("0.550");
    expect(at("finetune", "KLOM")).toBe("3.25");
    expect(at("finetune", "relearn time")).toBe("n/a");
    expect(at("held-out oracle 1", "ZRF")).toBe("0.610");
    expect(at("held-out oracle 1", "relearn time")).toBe("7");
    const notes = cells?.notes.join(" ") ?? "";
    expect(notes).toContain("finetune: relearn time: the run ended before the loss reached its target");
    expect(notes).toContain("4 models of each method, each from an original of its own, with 4 oracles");
    expect(notes).toContain("KLOM 1.50, F-score 0.500 (epsilon is seen up to 1.1)");
    expect(notes).toContain("Doing nothing has KLOM 8.75");
    expect(await htmlReport(measured())).toContain("Further measures");
  });

  it("is not there where nothing further was measured", () => {
    expect(furtherCells(exampleResult)).toBeUndefined();
  });
});
