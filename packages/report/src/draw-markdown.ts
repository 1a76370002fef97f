import type { TableCells } from "./table-cells.ts";

/**
 * Draws a table as GitHub Markdown, with its notes below it.
 *
 * @returns Text without a line break at its end.
 */
export function drawMarkdown({ columns, rows, notes, textColumns = 2 }: TableCells): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(" | ")} |`;
  return [
    line(columns),
    `| ${columns.map((_, i) => (i < textColumns ? "---" : "---:")).join(" | ")} |`,
    ...rows.map(line),
    ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `- ${escape(note)}`)]),
  ].join("\n");
}

/** Keeps a bar from ending its cell and a mark from starting emphasis. */
function escape(text: string): string {
  return text.replace(/[\\|*_`<]/g, "\\$&");
}
