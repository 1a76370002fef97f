export { accuracy, accuracyPercent, type LabelledLogits } from "./accuracy.ts";
export { allReadings, type AllReadings } from "./all-readings.ts";
export { attackStrength, type AttackStrength } from "./attack-strength.ts";
export { aucInterval, type AucInterval } from "./auc-interval.ts";
export { aucChanceP, aucDifferenceP, type AucEnds } from "./auc-test.ts";
export { auc, aucDistance } from "./auc.ts";
export { avgGap, avgGapColumn, type AvgGap } from "./avg-gap.ts";
export { bestBalancedAccuracy, type BalancedAccuracy } from "./balanced-accuracy.ts";
export { bootstrapInterval, type BootstrapInterval, type BootstrapOptions } from "./bootstrap.ts";
export {
  applyClassThresholds,
  fitClassThresholds,
  type ClassScores,
  type ClassThresholds,
  type ThresholdOutcome,
} from "./class-thresholds.ts";
export { classView, type ClassView, type ClassViewOptions } from "./class-view.ts";
export { clopperPearson, type ShareInterval } from "./clopper-pearson.ts";
export {
  metricDefinitions,
  type MetricDefinition,
  type MetricDirection,
  type MetricName,
  type MetricNeed,
} from "./definitions.ts";
export { forgetEpsilon, type Epsilon, type EpsilonOptions } from "./epsilon.ts";
export {
  challengeScore,
  epsilonPoints,
  forgettingQuality,
  type EpsilonResolution,
  type ForgettingQuality,
  type ForgettingQualityOptions,
} from "./forgetting-quality.ts";
export { holm } from "./holm.ts";
export { areSeparate, tInterval, type TInterval, type TIntervalOptions } from "./intervals.ts";
export {
  fixedHistogram,
  klom,
  klomWithEnds,
  type Klom,
  type KlomOptions,
  type KlomWithEnds,
} from "./klom.ts";
export { logitMargin } from "./logit-margin.ts";
export { miaEfficacy } from "./mia-efficacy.ts";
export type { ModelScores } from "./model-scores.ts";
export { oracleContrast, type OracleContrast } from "./oracle-contrast.ts";
export { inOracleUnits, type OracleUnits } from "./oracle-units.ts";
export {
  pairedComparison,
  pairedComparisons,
  type CorrectedComparison,
  type PairedComparison,
} from "./paired-comparison.ts";
export { predictionInterval } from "./prediction-interval.ts";
export { rankGroups, type RankedInterval, type RankGroup } from "./rank-groups.ts";
export { isMissing, reasons, reasonText, type Missing, type Reading, type ReasonCode } from "./reasons.ts";
export { relearnRatio, relearnSteps, relearnTime, type RelearnTime } from "./relearn.ts";
export { logLogPoints, rocCurve, type RocCurve } from "./roc.ts";
export { streisand, type Streisand } from "./streisand.ts";
export { tow, towMia, type Tow } from "./tow.ts";
export {
  reportedFprs,
  smallestFpr,
  tprAtFpr,
  tprOnCurve,
  type FprConvention,
  type TprAtFpr,
} from "./tpr-at-fpr.ts";
export { unlearningMetrics, type MeasuredUnlearning, type UnlearningMetrics } from "./unlearning-metrics.ts";
export { zrf } from "./zrf.ts";
