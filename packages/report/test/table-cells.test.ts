import { describe, expect, it } from "vitest";

import { gapTo } from "../src/gap.ts";
import { markdownTable } from "../src/markdown-table.ts";
import { oracleRow, type Json, type Result, type Row, type RowMetrics } from "../src/result.ts";
import { tableCells } from "../src/table-cells.ts";
import { textTable } from "../src/text-table.ts";
import { exampleResult, withAudits, withEnsemble, withoutOracle } from "./example-result.ts";

/** The example with other metrics in one row. */
function withMetrics(label: string, metrics: Partial<RowMetrics>): Result {
  const rows = exampleResult.rows.map((row): Row => {
    if (row.label !== label) return row;
    const all = { ...row.metrics, ...metrics };
    return { ...row, metrics: all, gap: gapTo(all, oracleRow(exampleResult)?.metrics) };
  });
  return { ...exampleResult, rows };
}

describe("tableCells", () => {
  it("shows the numbers of a row in the order of the columns", () => {
    const { columns, rows } = tableCells(exampleResult);
    expect(columns).toEqual([
      "Method",
      "Sees",
      "UA",
      "RA",
      "TA",
      "MIA",
      "Avg. Gap",
      "|AUC - 1/2|",
      "Time",
      "Cost",
    ]);
    expect(rows[2]).toEqual([
      "finetune",
      "30 %",
      "8.4",
      "94.3",
      "44.1",
      "13.3",
      "29.70",
      "0.305",
      "7.4 s (12 %)",
      "13.5k / 13.5k",
    ]);
  });

  it("has no gap column without a retrained model, and says why", () => {
    const { columns, notes } = tableCells(withoutOracle());
    expect(columns).not.toContain("Avg. Gap");
    expect(notes.join(" ")).toContain("no retrained model to compare with, so there is no Avg. Gap");
  });

  it("reports every metric or the reason why it is missing", () => {
    const names = ["ua", "ra", "ta", "miaEfficacy", "aucForgetTest"] as const;
    const shown = ["UA", "RA", "TA", "MIA", "|AUC - 1/2|"];
    names.forEach((name, i) => {
      const result = withMetrics("finetune", { [name]: { reason: "TOO_FEW_SAMPLES", detail: "3 of 10" } });
      const { columns, rows, notes } = tableCells(result);
      expect(rows[2]?.[columns.indexOf(shown[i] as string)]).toBe("n/a");
      expect(notes.join(" ")).toContain(
        `${shown[i]} of finetune was not measured: there are too few samples for it (3 of 10).`,
      );
    });
  });

  it("reads the AUC in both directions: 0.3 and 0.7 are the same distance", () => {
    const cellFor = (auc: number): string | undefined =>
      tableCells(withMetrics("finetune", { aucForgetTest: auc })).rows[2]?.[7];
    expect(cellFor(0.3)).toBe("0.200");
    expect(cellFor(0.7)).toBe("0.200");
  });

  it("marks the rows whose MIA is not held out and says which and why", () => {
    const { rows, notes } = tableCells(exampleResult);
    expect(rows.map((cells) => [cells[5]?.endsWith("*"), cells[7]?.endsWith("*")])).toEqual([
      ...Array.from({ length: 4 }, () => [false, false]),
      [true, true],
      [true, true],
    ]);
    expect(notes.filter((note) => note.startsWith("*"))).toEqual([
      expect.stringMatching(
        /of LTU literal, LTU recommended are not held out: both read the confidence p_y, .* too\.$/,
      ),
    ]);
  });

  it("marks a baseline that has lost its retain accuracy as broken", () => {
    expect(tableCells(withMetrics("finetune", { ra: 32 })).notes.join(" ")).toContain(
      "finetune lost 68 points",
    );
    expect(tableCells(exampleResult).notes.join(" ")).not.toContain("broken");
  });

  it("says that a setting has no signal when doing nothing is as good as retraining", () => {
    const retrain = oracleRow(exampleResult)?.metrics as RowMetrics;
    expect(tableCells(withMetrics("do-nothing", retrain)).notes.join(" ")).toContain(
      "No signal: the original model",
    );
    expect(tableCells(exampleResult).notes.join(" ")).not.toContain("No signal");
  });

  it("shows mean and spread of the oracles, the held-out one as a row, and the noise floor", () => {
    const { columns, rows, notes, targetRow } = tableCells(withEnsemble());
    const gap = columns.indexOf("Avg. Gap");
    // -1, 0 and 1 points around 51.6: sd 1. MIA moves twice as far.
    expect(rows[0]?.slice(0, 7)).toEqual([
      "retrain",
      "all",
      "51.6 ± 1.0",
      "100.0 ± 0.0",
      "48.7 ± 1.0",
      "78.6 ± 2.0",
      "0 (target)",
    ]);
    // (1.5 + 0 + 1.5 + 3) / 4.
    expect([rows[1]?.[0], rows[1]?.[gap]]).toEqual(["held-out oracle 1", "1.50"]);
    expect(targetRow).toBe(0);
    expect(notes.join(" ")).toContain("Noise floor 1.50, one held-out oracle");
    expect(notes.join(" ")).toContain("mean ± standard deviation of 3 oracles");
  });

  it("says that the noise floor was not measured where no oracle was held out", () => {
    expect(tableCells(exampleResult).notes.join(" ")).toContain("Noise floor not measured");
  });

  it("marks the cells in which original and oracles do not differ", () => {
    const { columns, rows, notes } = tableCells(withEnsemble());
    const marked = columns.filter((_, i) => rows[3]?.[i]?.includes("°"));
    // RA is 100 for all of them; TA of the original is 49.4, inside 48.7 -/+ 4.303 * sqrt(1 + 1/3).
    expect(marked).toEqual(["RA", "TA"]);
    expect(notes.join(" ")).toContain("° No signal in RA, TA: by the spread of 3 oracles");
    expect(tableCells(exampleResult).rows.flat().join("")).not.toContain("°");
  });

  it("passes the warnings of the run on", () => {
    const { notes } = tableCells({ ...exampleResult, warnings: ["the engine is slow"] });
    expect(notes.at(-1)).toBe("Warning: the engine is slow");
  });

  it("marks a row whose evaluators share with its feedback, and says which", () => {
    const result = withAudits();
    const rows = result.rows.map((row) =>
      row.label !== "LTU literal" || row.audit === undefined
        ? row
        : {
            ...row,
            audit: {
              ...row.audit,
              attacks: row.audit.attacks.map((attack) =>
                attack.attack === "rmia" ? { ...attack, mark: "shared: families (rmia)" } : attack,
              ),
            },
          },
    );
    const marked = { ...result, rows };
    const { rows: shown, notes } = tableCells(marked);
    expect(shown.map(([label]) => label)).toContain("LTU literal†");
    expect(shown.map(([label]) => label)).toContain("LTU recommended");
    expect(notes.join(" ")).toContain("LTU literal by rmia (shared: families (rmia)).");
    for (const form of [textTable(marked, { width: 2000 }), markdownTable(marked)]) {
      expect(form).toContain("LTU literal†");
      expect(form).toContain("no independent audit of this row");
    }
    expect(textTable(result)).not.toContain("†");
  });

  it("says of SSD on a random forget set what is known of it", () => {
    const named = (method: string, forget: Json): string => {
      const [first, ...others] = exampleResult.rows;
      const rows = [first as Row, ...others.map((row, i) => (i === 0 ? { ...row, method } : row))];
      return tableCells({ ...exampleResult, rows, experiment: { name: "e", config: { forget } } }).notes.join(
        " ",
      );
    };
    expect(named("ssd", { share: 0.1 })).toContain("arXiv 2412.19583");
    expect(named("ssd", { count: 50 })).toContain("arXiv 2412.19583");
    expect(named("ssd", { kind: "class", class: 3 })).not.toContain("SSD");
    expect(named("finetune", { share: 0.1 })).not.toContain("SSD");
  });
});
