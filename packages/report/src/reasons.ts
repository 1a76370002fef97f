export { isMissing, reasons, reasonText, type Missing, type Reading, type ReasonCode } from "@ltu/metrics";
