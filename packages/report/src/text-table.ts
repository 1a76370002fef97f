import { drawText, type TextTableOptions } from "./draw-text.ts";
import type { Result } from "./result.ts";
import { tableCells } from "./table-cells.ts";

/**
 * The main table for a terminal, with what its columns mean below it.
 *
 * @returns Text without a line break at its end. The same for the same result and options.
 */
export function textTable(result: Result, options: TextTableOptions = {}): string {
  return drawText(tableCells(result), options);
}
