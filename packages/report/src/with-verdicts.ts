import type { Result } from "./result.ts";
import { tableCells, type TableCells } from "./table-cells.ts";
import { verdictLine, verdicts } from "./verdict.ts";

/** The main table with a verdict for each method before its notes. */
export function withVerdicts(result: Result): TableCells {
  const cells = tableCells(result);
  return { ...cells, notes: [...verdicts(result).map(verdictLine), ...cells.notes] };
}
