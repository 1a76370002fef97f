import { describe, expect, it } from "vitest";

import { hasStrength, type AttackReading } from "../src/audit.ts";
import { attackCells, intervalCells } from "../src/audit-cells.ts";
import type { Result } from "../src/result.ts";
import { exampleResult, withAudits } from "./example-result.ts";

describe("intervalCells", () => {
  it("gives every number of every model its interval, and gaps above the noise", () => {
    const { columns, rows, notes } = intervalCells(withAudits()) ?? { columns: [], rows: [], notes: [] };
    expect(rows.map(([label]) => label)).toEqual([
      "original",
      "oracle 1",
      "oracle 2",
      "oracle 3",
      "held-out oracle 1",
      "do-nothing",
      "finetune",
      "random-labels",
      "LTU literal",
      "LTU recommended",
    ]);
    const finetune = rows[6] as string[];
    // 29.70 less 1.50.
    expect(finetune.slice(1, 4)).toEqual(["29.70", "+28.20", "8.4 [4.4, 12.4]"]);
    expect(columns.slice(1, 4)).toEqual(["Avg. Gap", "above noise", "UA"]);
    expect(finetune[4]).toBe("94.3 [93.8, 94.8]°");
    const recommended = rows.at(-1) as string[];
    expect(recommended[6]).toBe("77.8 [74.8, 80.8]*");
    expect(notes.join(" ")).toContain("noise floor of 1.50");
  });

  it("says whether the forget set stands out, and in which direction", () => {
    const { columns, rows } = intervalCells(withAudits()) ?? { columns: [], rows: [] };
    expect(columns.at(-1)).toBe("forget set stands out");
    // Oracles at 0.493, 0.503 and 0.513: one more of them lies within 4.97 of their standard deviations of 0.01.
    expect(rows.map((row) => [row[0], row.at(-1)])).toEqual([
      ["original", "-"],
      ["oracle 1", "-"],
      ["oracle 2", "-"],
      ["oracle 3", "-"],
      ["held-out oracle 1", "as an oracle"],
      ["do-nothing", "under-forgotten"],
      ["finetune", "under-forgotten"],
      // 0.455 is 4.8 of them below.
      ["random-labels", "as an oracle"],
      ["LTU literal", "as an oracle*"],
      ["LTU recommended", "as an oracle*"],
    ]);
    const over = withAudits();
    const rowsOver = over.rows.map((row) =>
      row.label === "random-labels" ? { ...row, metrics: { ...row.metrics, aucForgetTest: 0.4 } } : row,
    );
    expect(intervalCells({ ...over, rows: rowsOver })?.rows[7]?.at(-1)).toBe("over-forgotten");
  });

  it("is not there without intervals", () => {
    expect(intervalCells(exampleResult)).toBeUndefined();
  });
});

describe("attackCells", () => {
  it("has a column for each attack, and says what was refused and why", () => {
    const { columns, rows, notes } = attackCells(withAudits(), "auc") ?? { columns: [], rows: [], notes: [] };
    expect(columns).toEqual(["Model", "loss-threshold", "rmia"]);
    expect(rows.at(-1)).toEqual(["LTU recommended", "refused", "0.500 [0.470, 0.530]"]);
    expect(notes.join(" ")).toContain(
      "LTU literal, LTU recommended: loss-threshold: SHARED_WITH_FEEDBACK, shared: families (confidence).",
    );
  });

  it("takes the stronger direction of the true-positive rate at 1 %", () => {
    const { rows } = attackCells(withAudits(), "tpr") ?? { rows: [] };
    // 0.01 to the power of 0.2 / 0.8 is 31.6 %; of a turned 2 % against 0.01 ** (0.53 / 0.47) = 0.6 %.
    expect(rows[0]?.[2]).toMatch(/^31\.6 % /);
    expect(rows.at(-2)?.[2]).toMatch(/^2\.0 % .* turned$/);
  });

  it("says what kind each attack is of, and which share one spread between images", () => {
    const result = withAudits();
    const notes = (of: Result): string => attackCells(of, "auc")?.notes.join(" ") ?? "";
    expect(notes(result)).toContain("A reference of its own for each image: rmia.");
    expect(notes(result)).toContain("One rule for all images, which is weak: loss-threshold.");
    expect(notes(result)).not.toContain("Pooled variance");
    const rows = result.rows.map((row) => ({
      ...row,
      audit: row.audit && {
        ...row.audit,
        attacks: row.audit.attacks.map((attack) =>
          hasStrength(attack.reading)
            ? { ...attack, attack: "u-lira", reading: { ...attack.reading, about: { variance: "pooled" } } }
            : attack,
        ),
      },
    }));
    expect(notes({ ...result, rows })).toContain(
      "Pooled variance: u-lira share one spread between all images",
    );
  });

  it("puts shadow models of a method beside the row that it made, and apart on every other model", () => {
    const result = withAudits();
    const uLira = (label: string): Pick<AttackReading, "attack" | "shadowsOf"> => ({
      attack: "u-lira",
      shadowsOf: label,
    });
    const withShadows = (attacks: readonly AttackReading[], methods: readonly string[]): AttackReading[] => [
      ...attacks,
      ...methods.map((label) => ({ ...(attacks.at(-1) as AttackReading), ...uLira(label) })),
    ];
    const { audit } = result.original;
    const methods = ["finetune", "random-labels"];
    const shadowed: Result = {
      ...result,
      original: {
        ...result.original,
        audit: audit && { ...audit, attacks: withShadows(audit.attacks, methods) },
      },
      rows: result.rows.map((row) => ({
        ...row,
        audit:
          row.audit && methods.includes(row.label)
            ? { ...row.audit, attacks: withShadows(row.audit.attacks, [row.label]) }
            : row.audit,
      })),
    };
    const own = attackCells(shadowed, "auc");
    expect(own?.columns).toEqual(["Model", "loss-threshold", "rmia", "u-lira"]);
    expect(own?.rows.map(([label]) => label)).toEqual(
      attackCells(result, "auc")?.rows.map(([label]) => label),
    );
    const filled = own?.rows.filter((row) => row[3] !== "-").map(([label]) => label);
    expect(filled).toEqual(methods);
    const controls = attackCells(shadowed, "auc", "others");
    expect(controls?.columns).toEqual(["Model", "u-lira"]);
    expect(controls?.rows.map(([label]) => label)).toEqual([
      "original, shadows of finetune",
      "original, shadows of random-labels",
    ]);
    expect(attackCells(result, "auc", "others")).toBeUndefined();
  });

  it("marks what shares with feedback where that was allowed", () => {
    const result = withAudits();
    const rows = result.rows.map((row) => ({
      ...row,
      audit: row.audit && {
        ...row.audit,
        attacks: row.audit.attacks.map((attack) => ({ ...attack, mark: "shared: seeds (7)" })),
      },
    }));
    const cells = attackCells({ ...result, rows }, "auc");
    expect(cells?.rows.at(-1)?.[2]).toMatch(/†$/);
    expect(cells?.notes.join(" ")).toContain("† No independent audit: ");
    expect(cells?.notes.join(" ")).toContain("rmia on LTU recommended (shared: seeds (7))");
  });
});
