import { beforeAll, describe, expect, it } from "vitest";

import type { MadeOf } from "../src/audit.ts";
import { htmlReport } from "../src/html-report.ts";
import { isMissing } from "../src/reasons.ts";
import { tableCells } from "../src/table-cells.ts";
import { exampleResult, withAudits, withoutOracle } from "./example-result.ts";

let html = "";
/** With several oracles and audits. */
let full = "";
beforeAll(async () => {
  html = await htmlReport(exampleResult);
  full = await htmlReport(withAudits());
}, 60_000);

/** All matches of the first group. */
const all = (pattern: RegExp, text: string): string[] =>
  [...text.matchAll(pattern)].map(([, group]) => group ?? "");

describe("htmlReport", () => {
  it("is one file that asks for nothing else", () => {
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/https?:|<script|<link|<img|<iframe|@import|url\(|\bsrc=/i);
    expect(html).toContain("default-src 'none'");
  });

  it("is the same text for the same result", async () => {
    expect(await htmlReport(structuredClone(exampleResult))).toBe(html);
  });

  it("holds every number of the table and every note below it", () => {
    const text = html.replaceAll("&quot;", '"').replaceAll("&#39;", "'");
    const { columns, rows, notes } = tableCells(exampleResult);
    const cells = [...columns, ...rows.flat()];
    for (const cell of cells)
      expect(text.includes(`>${cell}</td>`) || text.includes(`>${cell}</th>`)).toBe(true);
    for (const note of notes) expect(text).toContain(`<li>${note}</li>`);
  });

  it("holds the seeds, engine, versions, hashes, times and the experiment", () => {
    const { data, stages, versions } = exampleResult;
    for (const piece of [
      data.contentHash,
      ...stages.map(({ key }) => key),
      ...Object.values(versions),
      "run 1, split 1",
      "190.2 s",
    ]) {
      expect(html).toContain(piece);
    }
    expect(html).toContain("&quot;retainFraction&quot;: 0.3");
  });

  it("gives every figure a caption, a title and a text for those who cannot see it", () => {
    for (const [page, count] of [
      [html, 2 + 4 + 2 + 3],
      [full, 2 + 4 + 2 + 3 + 2 * 5],
    ] as const) {
      const figures = all(/<figure>(.*?)<\/figure>/gs, page);
      expect(figures.length).toBe(count);
      for (const figure of figures) {
        expect(figure).toMatch(/^<figcaption>[^<]+<\/figcaption><svg role="img"/);
        const [titleId, altId] = all(/aria-labelledby="([^"]+)"/g, figure)[0]?.split(" ") ?? [];
        expect(figure).toMatch(new RegExp(`<title id="${titleId}">[^<]+</title>`));
        expect(figure).toMatch(new RegExp(`<desc id="${altId}">[^<]{20,}</desc>`));
      }
      const ids = all(/ id="([^"]+)"/g, page);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it("colours figures by the page's variables only, so that light and dark both work", () => {
    const svg = all(/<svg.*?>(.*?)<\/svg>/gs, html + full).join("");
    const colours = new Set(all(/(?:fill|stroke)="([^"]+)"/g, svg));
    for (const colour of colours) expect(colour).toMatch(/^(var\(--[a-z0-9]+\)|none|transparent)$/);
    for (const name of all(/var\((--[a-z0-9]+)\)/g, html))
      expect(html.split(`${name}:`).length).toBeGreaterThan(2);
  });

  it("says a verdict of each method, shows intervals, attacks and what was refused", () => {
    expect(full).toContain("<h2>In plain words</h2>");
    expect(full).toContain("held-out oracle 1 (control): cannot be told from retraining");
    expect(full).toContain("<td>51.6 [47.6, 55.6]</td>");
    expect(full).toContain("rmia on LTU recommended, both axes logarithmic");
    expect(full).toContain("<td>refused</td>");
    expect(full).toContain("SHARED_WITH_FEEDBACK, shared: families (confidence).");
    expect(full).toContain("In oracle standard deviations");
    expect(html).not.toContain("<h2>Attacks</h2>");
  });

  it("says what feedback and attacks were made of", async () => {
    const result = withAudits();
    const madeOf = (family: string): MadeOf => ({
      data: "d0".repeat(32),
      fittingSamples: { count: 1450, sha256: "a1".repeat(32) },
      seeds: [`1/${family}`],
      shadowModels: ["b2".repeat(32)],
      families: [family],
    });
    const rows = result.rows.map((row) =>
      row.label === "LTU recommended" && row.audit !== undefined
        ? {
            ...row,
            feedback: madeOf("confidence"),
            audit: {
              ...row.audit,
              attacks: row.audit.attacks.map((attack) => ({ ...attack, madeOf: madeOf("rmia") })),
            },
          }
        : row,
    );
    const page = await htmlReport({ ...result, rows });
    expect(page).toContain("feedback of LTU recommended</th><td>reads confidence; fitted on 1,450 images");
    expect(page).toContain("rmia on LTU recommended</th><td>reads rmia; fitted on");
    expect(page).toContain("streams <code>1/confidence</code>");
    expect(full).not.toContain("What feedback and attacks were made of");
  });

  it("says what was not tested, ranks nothing and claims no better end of MIA", () => {
    expect(html).toContain("<h2>What was not tested</h2>");
    expect(html).not.toMatch(/is better|\bbest\b|\bwinner\b|↑|↓|outperform/i);
  });

  it("has no gap anywhere without a retrained model", async () => {
    const without = await htmlReport(withoutOracle());
    expect(without).not.toContain(">Avg. Gap</th>");
    expect(without).not.toContain("gap-parts");
    expect(without).toContain("cannot say how close");
  });

  it("shows why a number is missing", async () => {
    const missing = { reason: "NO_SIGNAL", detail: "held-out AUC 0.50" } as const;
    const rows = exampleResult.rows.map((row, i) =>
      i === 2 ? { ...row, metrics: { ...row.metrics, miaEfficacy: missing }, gap: missing } : row,
    );
    expect(rows.filter(({ gap }) => isMissing(gap))).toHaveLength(1);
    expect(await htmlReport({ ...exampleResult, rows })).toContain(
      "MIA of finetune was not measured: the attack behind it cannot tell members from non-members (held-out AUC 0.50).",
    );
  });

  it("shows names as text, whatever they hold", async () => {
    const label = "<script>alert(1)</script>\"'&";
    const rows = exampleResult.rows.map((row, i) => (i === 5 ? { ...row, label } : row));
    const text = await htmlReport({ ...exampleResult, rows, experiment: { name: label, config: label } });
    expect(text).not.toContain("<script");
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });
});
