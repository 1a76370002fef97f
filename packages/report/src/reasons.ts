// One list of reasons for metrics and reports: a result holds what a metric gave.
export { isMissing, reasons, reasonText, type Missing, type Reading, type ReasonCode } from "@ltu/metrics";
