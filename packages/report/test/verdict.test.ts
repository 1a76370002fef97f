import { describe, expect, it } from "vitest";

import { hasStrength, type ModelAudit } from "../src/audit.ts";
import { gapTo } from "../src/gap.ts";
import { oracleEnsemble } from "../src/oracles.ts";
import { oracleRow, type Result, type RowMetrics } from "../src/result.ts";
import { textTable } from "../src/text-table.ts";
import { verdictLine, verdicts, type Verdict } from "../src/verdict.ts";
import { exampleResult, withAudits, withEnsemble, withoutOracle } from "./example-result.ts";

const named = (result: Result, label: string): Verdict =>
  verdicts(result).find((verdict) => verdict.label === label) as Verdict;

/** The example with other metrics in the row `finetune`. */
function finetuned(result: Result, change: Partial<RowMetrics>): Result {
  const target = oracleRow(result)?.metrics as RowMetrics;
  const metrics = { ...target, ...change };
  const rows = result.rows.map((row) =>
    row.label === "finetune" ? { ...row, metrics, gap: gapTo(metrics, target), audit: undefined } : row,
  );
  return { ...result, rows };
}

describe("verdicts", () => {
  it("says how far a method that forgot too little is above the oracle's noise", () => {
    const { kind, text } = named(withAudits(), "do-nothing");
    expect(kind).toBe("under-forgotten");
    // Gap (51.6 + 0 + 0.7 + 77) / 4 = 32.3, held-out oracle 1.5.
    expect(text).toMatch(
      /^under-forgotten: 30\.8 points above the oracle's noise \(Avg\. Gap 32\.3, .* 1\.5\)/,
    );
    expect(text).toContain(
      "still look like training images (AUC of p_y 0.87, retrained 0.50, rmia AUC 0.80 [0.77, 0.83], p < 0.001 after Holm for 3 attacks)",
    );
  });

  it("says that forgetting too much stands out", () => {
    const over = named(finetuned(withEnsemble(), { aucForgetTest: 0.4 }), "finetune");
    expect(over.kind).toBe("over-forgotten");
    expect(over.text).toMatch(/^over-forgotten: stands out, .* look less like training images/);
    expect(named(finetuned(withEnsemble(), { ua: 60 }), "finetune").text).toContain(
      "UA 8.4 points above the retrained model's",
    );
  });

  it("says that forgotten images are given away by what unlearning did to them, whatever they look like", () => {
    const full = withAudits();
    const uLira = <T extends { readonly audit?: ModelAudit | undefined }>(each: T, auc: number): T => ({
      ...each,
      audit: each.audit && {
        ...each.audit,
        attacks: each.audit.attacks.slice(1).flatMap((attack) => {
          if (!hasStrength(attack.reading)) return [attack];
          const reading = { ...attack.reading, auc, aucInterval: { low: auc - 0.04, high: auc + 0.04 } };
          return [attack, { ...attack, attack: "u-lira", shadowsOf: "LTU recommended", reading }];
        }),
      },
    });
    const { reference } = full.oracles;
    const result: Result = {
      ...full,
      oracles: { ...full.oracles, reference: reference.map((oracle) => uLira(oracle, 0.5)) },
      rows: full.rows.map((row) => (row.label === "LTU recommended" ? uLira(row, 0.75) : row)),
    };
    const { kind, text } = named(result, "LTU recommended");
    expect(kind).toBe("given-away");
    expect(text).toMatch(/^given away: .*; an attack fitted on unlearned models finds the forgotten images/);
    expect(text).toContain("(u-lira AUC 0.75 [0.71, 0.79], p < 0.001 after Holm for 3 attacks)");
  });

  it("cannot tell from retraining what lies where one more oracle would", () => {
    const { kind, text } = named(finetuned(withEnsemble(), { ua: 53 }), "finetune");
    expect(kind).toBe("as-retrained");
    expect(text).toMatch(/^cannot be told from retraining at this size: within the oracle's noise/);
  });

  it("judges the held-out oracle as any method, and it passes", () => {
    expect(named(withAudits(), "held-out oracle 1")).toMatchObject({ kind: "as-retrained", isControl: true });
  });

  it("says of a control that it was taken for something else", () => {
    const full = withEnsemble();
    const heldOut = full.oracles.heldOut.map((each) => ({ ...each, metrics: { ...each.metrics, ua: 70 } }));
    const [line] = verdicts({ ...full, oracles: { ...full.oracles, heldOut } }).map(verdictLine);
    expect(line).toMatch(
      /^held-out oracle 1 \(control\): over-forgotten.* it is a retrained model: the verdicts/,
    );
  });

  it("does not overlook what was lost beside the forget set", () => {
    const { kind, text } = named(finetuned(withEnsemble(), { ta: 40 }), "finetune");
    expect(kind).toBe("differs");
    expect(text).toContain("TA 8.7 points below the retrained model's");
  });

  it("goes by intervals over samples where there is one oracle", () => {
    const full = withAudits();
    const [first] = full.oracles.reference;
    const target = first?.metrics as RowMetrics;
    const one: Result = {
      ...full,
      oracles: oracleEnsemble({
        reference: first === undefined ? [] : [first],
        heldOut: [],
        original: full.original.metrics,
      }),
      rows: full.rows.map((row) => {
        const metrics = row.method === "retrain" ? target : row.metrics;
        return { ...row, metrics, gap: gapTo(metrics, target) };
      }),
    };
    expect(named(one, "do-nothing").text).toContain("noise floor not measured");
    expect(named(one, "do-nothing").kind).toBe("under-forgotten");
    // UA 49.8 -/+ 4 and 50.6 -/+ 4, AUC 0.495 and 0.493, RMIA 0.50 -/+ 0.03; but RA 98.9 -/+ 0.5 against 100 -/+ 0.5.
    expect(named(one, "LTU recommended").text).toMatch(/^forgets like .*: RA 1\.1 points below/);
    const rows = one.rows.map((row) => ({ ...row, metrics: { ...row.metrics, ra: 100 } }));
    const intact = rows.map((row) => {
      const { audit, metrics } = row;
      const intervals = audit && { ...audit.intervals, ra: { low: 99.5, high: 100 } };
      return { ...row, gap: gapTo(metrics, target), audit: audit && intervals && { ...audit, intervals } };
    });
    expect(named({ ...one, rows: intact }, "LTU recommended").kind).toBe("as-retrained");
  });

  it("says nothing where the original is as far as the methods", () => {
    const full = withEnsemble();
    const original = oracleRow(full)?.metrics as RowMetrics;
    const same: Result = {
      ...full,
      original: { metrics: original },
      oracles: oracleEnsemble({ ...full.oracles, original }),
    };
    expect(named(same, "finetune").kind).toBe("no-signal");
  });

  it("needs a retrained model, and a gap", () => {
    expect(verdicts(withoutOracle())).toEqual([]);
    const missing = { reason: "NO_SIGNAL" } as const;
    const rows = exampleResult.rows.map((row) => (row.label === "finetune" ? { ...row, gap: missing } : row));
    expect(named({ ...exampleResult, rows }, "finetune").kind).toBe("not-measured");
  });

  it("stands below the table in the terminal, before what the columns mean", () => {
    const text = textTable(withAudits()).replaceAll(/\s+/g, " ");
    expect(text.indexOf("do-nothing: under-forgotten: 30.8 points")).toBeGreaterThan(0);
    expect(text.indexOf("do-nothing: under-forgotten")).toBeLessThan(text.indexOf("In percent: UA"));
  });
});
