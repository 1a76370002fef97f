export { type TextTableOptions } from "./draw-text.ts";
export { gapTo } from "./gap.ts";
export { htmlReport } from "./html-report.ts";
export { markdownTable } from "./markdown-table.ts";
export { refuseOneSided } from "./one-sided.ts";
export { parseResult } from "./parse-result.ts";
export { isMissing, reasons, reasonText, type Missing, type Reading, type ReasonCode } from "./reasons.ts";
export {
  canonicalResult,
  isLtu,
  oracleRow,
  resultVersion,
  type CanonicalResult,
  type Gap,
  type GapParts,
  type Json,
  type Result,
  type Row,
  type RowMetrics,
  type RowTimes,
  type Series,
  type Times,
} from "./result.ts";
export { textTable } from "./text-table.ts";
