import { describe, expect, it } from "vitest";

import { markdownTable } from "../src/markdown-table.ts";
import { textTable } from "../src/text-table.ts";
import { exampleResult } from "./example-result.ts";

// oxlint-disable-next-line no-control-regex
const escapes = /\u001b\[/;

describe("textTable", () => {
  it("is plain text with aligned columns", () => {
    const lines = textTable(exampleResult).split("\n");
    expect(lines[0]).toBe(
      "Method           Sees    UA     RA    TA    MIA    Avg. Gap  |AUC - 1/2|            Time           Cost",
    );
    expect(lines[1]).toBe(
      "retrain          all   51.6  100.0  48.7   78.6  0 (target)        0.003  61.4 s (100 %)    113k / 113k",
    );
    expect(lines.join("\n")).not.toMatch(escapes);
  });

  it("wraps the notes at the width asked for", () => {
    const lines = textTable(exampleResult, { width: 60 }).split("\n");
    const notes = lines.slice(lines.indexOf("") + 1);
    expect(Math.max(...notes.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it("draws lines and bold type on a terminal that is wide enough, only bold type on a narrow one", () => {
    const wide = textTable(exampleResult, { tty: true, width: 120 });
    expect(wide).toMatch(escapes);
    expect(wide).toContain("┌");
    const narrow = textTable(exampleResult, { tty: true, width: 80 });
    expect(narrow).toMatch(escapes);
    expect(narrow).not.toContain("┌");
  });
});

describe("markdownTable", () => {
  it("is a table of GitHub Markdown whose bars and marks are escaped", () => {
    const lines = markdownTable(exampleResult).split("\n");
    expect(lines[0]).toBe(
      "| Method | Sees | UA | RA | TA | MIA | Avg. Gap | \\|AUC - 1/2\\| | Time | Cost |",
    );
    expect(lines[1]).toBe("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    expect(lines[6]).toBe(
      "| LTU literal | 30 % | 62.5 | 86.5 | 34.6 | 79.9\\* | 9.95 | 0.026\\* | 43.9 s (71 %) | 84.5k / 70.4k |",
    );
  });
});
