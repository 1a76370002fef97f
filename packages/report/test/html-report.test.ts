import { beforeAll, describe, expect, it } from "vitest";

import { htmlReport } from "../src/html-report.ts";
import { isMissing } from "../src/reasons.ts";
import { tableCells } from "../src/table-cells.ts";
import { exampleResult, withoutOracle } from "./example-result.ts";

let html = "";
beforeAll(async () => {
  html = await htmlReport(exampleResult);
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
    const figures = all(/<figure>(.*?)<\/figure>/gs, html);
    expect(figures.length).toBe(2 + 4 + 2 + 3);
    for (const figure of figures) {
      expect(figure).toMatch(/^<figcaption>[^<]+<\/figcaption><svg role="img"/);
      const [titleId, altId] = all(/aria-labelledby="([^"]+)"/g, figure)[0]?.split(" ") ?? [];
      expect(figure).toMatch(new RegExp(`<title id="${titleId}">[^<]+</title>`));
      expect(figure).toMatch(new RegExp(`<desc id="${altId}">[^<]{20,}</desc>`));
    }
    const ids = all(/ id="([^"]+)"/g, html);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("colours figures by the page's variables only, so that light and dark both work", () => {
    const svg = all(/<svg.*?>(.*?)<\/svg>/gs, html).join("");
    const colours = new Set(all(/(?:fill|stroke)="([^"]+)"/g, svg));
    for (const colour of colours) expect(colour).toMatch(/^(var\(--[a-z0-9]+\)|none|transparent)$/);
    for (const name of all(/var\((--[a-z0-9]+)\)/g, html))
      expect(html.split(`${name}:`).length).toBeGreaterThan(2);
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
