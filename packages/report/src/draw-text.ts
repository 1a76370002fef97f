import Table from "cli-table3";

import type { TableCells } from "./table-cells.ts";

/** Options of a table for a terminal. */
export interface TextTableOptions {
  /** Bold type, and lines where the width has room for them; plain text by default. */
  readonly tty?: boolean;
  /** Columns of the terminal; the notes below the table are wrapped there. 100 by default. */
  readonly width?: number;
}

const plainLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ",
} as const;

const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;

/**
 * Draws a table for a terminal, with its notes below it.
 *
 * @returns Text without a line break at its end. The same for the same cells and options.
 */
export function drawText(
  { columns, rows, notes, textColumns = 2, targetRow }: TableCells,
  { tty = false, width = 100 }: TextTableOptions = {},
): string {
  const styled = (cells: readonly string[], isBold: boolean): string[] =>
    cells.map((cell) => (tty && isBold ? bold(cell) : cell));
  const drawn = (boxed: boolean): string[] => {
    const table = new Table({
      head: styled(columns, true),
      colAligns: columns.map((_, i) => (i < textColumns ? "left" : "right")),
      style: { head: [], border: [], compact: true, ...(boxed ? {} : { "padding-left": 0 }) },
      ...(boxed ? {} : { chars: plainLines }),
    });
    rows.forEach((cells, i) => table.push(styled(cells, i === targetRow)));
    return table
      .toString()
      .split("\n")
      .map((line) => line.trimEnd());
  };
  const boxed = tty ? drawn(true) : [];
  // The first line of a box holds no escape codes, so its length is the table's width.
  const fits = tty && (boxed[0] ?? "").length <= width;
  const below = notes.length === 0 ? [] : ["", ...notes.map((note) => wrap(note, width))];
  return [...(fits ? boxed : drawn(false)), ...below].join("\n");
}

/** Breaks a sentence at spaces; lines after the first are indented. */
function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}
