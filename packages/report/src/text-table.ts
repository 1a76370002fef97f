import { drawText, type TextTableOptions } from "./draw-text.ts";
import type { Result } from "./result.ts";
import { withVerdicts } from "./with-verdicts.ts";

/**
 * The main table for a terminal, with a verdict for each method and what the columns mean below it.
 *
 * @returns Text without a line break at its end. The same for the same result and options.
 */
export function textTable(result: Result, options: TextTableOptions = {}): string {
  return drawText(withVerdicts(result), options);
}
