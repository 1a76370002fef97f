import { drawMarkdown } from "./draw-markdown.ts";
import { escapeHtml } from "./html-text.ts";
import { searchCells, trialCells } from "./search-cells.ts";
import type { Search } from "./search.ts";
import type { StudyDocument } from "./study-document.ts";

/** A search as Markdown: what was chosen and where from, then every trial of each row, closed until it is opened. */
export function searchDocument(search: Search): StudyDocument {
  const trials = search.rows.map((row) =>
    [
      `<details><summary>${escapeHtml(row.label)}: ${row.trials.length} configurations</summary>`,
      `Range: ${escapeHtml(row.published.source)}.`,
      drawMarkdown(trialCells(row, search)),
      "</details>",
    ].join("\n\n"),
  );
  return { markdown: [drawMarkdown(searchCells(search)), ...trials].join("\n\n"), figures: {} };
}
