import type { Result } from "./result.ts";
import { tableCells } from "./table-cells.ts";

/**
 * The main table as GitHub Markdown, with what its columns mean below it.
 *
 * @returns Text without a line break at its end.
 */
export function markdownTable(result: Result): string {
  const { columns, rows, notes } = tableCells(result);
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(" | ")} |`;
  return [
    line(columns),
    `| ${columns.map((_, i) => (i < 2 ? "---" : "---:")).join(" | ")} |`,
    ...rows.map(line),
    "",
    ...notes.map((note) => `- ${escape(note)}`),
  ].join("\n");
}

/** Keeps a bar from ending its cell and a mark from starting emphasis. */
function escape(text: string): string {
  return text.replace(/[\\|*_`<]/g, "\\$&");
}
