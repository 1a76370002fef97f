export {
  hasStrength,
  type AttackReading,
  type AttackReason,
  type AttackStrengthReading,
  type Ends,
  type MadeOf,
  type ModelAudit,
  type RateReading,
  type Relearn,
  type SampleScores,
} from "./audit.ts";
export { classCells } from "./class-cells.ts";
export { neighboursOf, neighbourView, type NeighbourView } from "./class-neighbours.ts";
export { type TextTableOptions } from "./draw-text.ts";
export type { Ensemble, EnsembleKlom } from "./ensemble.ts";
export { gapTo } from "./gap.ts";
export { htmlReport } from "./html-report.ts";
export { markdownTable } from "./markdown-table.ts";
export { mechanismsReport } from "./mechanisms-report.ts";
export {
  mechanismsVersion,
  type MechanismPart,
  type MechanismPoint,
  type Mechanisms,
  type MechanismSeries,
} from "./mechanisms.ts";
export { refuseOneSided } from "./one-sided.ts";
export { meanMetrics, noiseFloorOf, oracleEnsemble, type Oracle, type OracleEnsemble } from "./oracles.ts";
export { parseMechanisms } from "./parse-mechanisms.ts";
export { parseResult } from "./parse-result.ts";
export { parseSearch } from "./parse-search.ts";
export { parseStudy } from "./parse-study.ts";
export { isMissing, reasons, reasonText, type Missing, type Reading, type ReasonCode } from "./reasons.ts";
export {
  canonicalResult,
  isLtu,
  oracleRow,
  resultVersion,
  type AuditedImages,
  type CanonicalResult,
  type ForgottenClass,
  type Gap,
  type GapParts,
  type Json,
  type Result,
  type Row,
  type RowMetrics,
  type RowTimes,
  type Shadows,
  type Series,
  type Times,
} from "./result.ts";
export {
  parseSchedule,
  scheduleDocument,
  scheduleTable,
  shortest,
  type ScheduleReading,
  type ScheduleSearch,
} from "./schedule-search.ts";
export { searchDocument } from "./search-document.ts";
export { searchTable } from "./search-table.ts";
export {
  searchCost,
  searchGap,
  searchVersion,
  shortlistOf,
  type Search,
  type SearchChoice,
  type SearchCost,
  type SearchRange,
  type SearchReading,
  type SearchRow,
  type SearchSpace,
  type SearchTrial,
  type SearchValue,
} from "./search.ts";
export { studyAttackSummaries, type StudyAttackSummary } from "./study-attacks.ts";
export { studyClassSummaries, type StudyClassSummary } from "./study-class-cells.ts";
export { studyComparisons, type StudyComparison } from "./study-comparison.ts";
export { mechanismsDocument, studyDocument, type StudyDocument } from "./study-document.ts";
export { studyDrift, type StudyDrift } from "./study-drift.ts";
export { studyReport } from "./study-report.ts";
export { mechanismMarkdown, mechanismTable, studyMarkdown, studyTable } from "./study-table.ts";
export {
  canonicalStudy,
  studyVersion,
  type AttackedRole,
  type AxisValue,
  type Study,
  type StudyAttack,
  type StudyOracles,
  type StudyPlace,
  type StudyRow,
  type StudyRun,
  type StudyStrength,
  type StudyTimes,
} from "./study.ts";
export { textTable } from "./text-table.ts";
export { thinSeries } from "./thin-series.ts";
export { verdictLine, verdicts, type Verdict, type VerdictKind } from "./verdict.ts";
