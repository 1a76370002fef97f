import { drawText, type TextTableOptions } from "./draw-text.ts";
import { chosenText, searchCells, spaceText, trialCells } from "./search-cells.ts";
import type { Search } from "./search.ts";

/** A search for a terminal: every trial of each row with the choice below it, and the table of choices last. */
export function searchTable(search: Search, options: TextTableOptions = {}): string {
  const rows = search.rows.map((row) => {
    const { choice } = row;
    const chosen =
      "reason" in choice
        ? `chosen: none; ${choice.reason}`
        : `chosen: ${row.label} ${choice.index + 1}, ${chosenText(row)}, mean Avg. Gap ${choice.meanGap.toFixed(2)} on validation images; ${choice.tried} tried, ${choice.failed} failed`;
    return [
      row.label,
      drawText(trialCells(row, search), options),
      chosen,
      `range: ${spaceText(row)}; ${row.published.source}`,
    ].join("\n");
  });
  return [...rows, drawText(searchCells(search), options)].join("\n\n");
}
