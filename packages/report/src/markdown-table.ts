import { drawMarkdown } from "./draw-markdown.ts";
import type { Result } from "./result.ts";
import { withVerdicts } from "./with-verdicts.ts";

/**
 * The main table as GitHub Markdown, with what its columns mean below it.
 *
 * @returns Text without a line break at its end.
 */
export function markdownTable(result: Result): string {
  return drawMarkdown(withVerdicts(result));
}
