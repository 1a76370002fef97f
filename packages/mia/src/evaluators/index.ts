export { feedbackFamilies, type AttackFamily } from "./attack-families.ts";
export {
  auditInput,
  type AuditInput,
  type AuditRequest,
  type AuditSamples,
  type FitPart,
  type QueryView,
  type ScorePart,
} from "./audit-input.ts";
export {
  auditScores,
  hasScores,
  type AttackKind,
  type AuditReason,
  type AuditResult,
  type AuditScores,
  type LeftOut,
  type Unavailable,
} from "./audit-result.ts";
export { confidenceSvc, type ConfidenceSvcInput, type ConfidenceSvcResult } from "./confidence-svc.ts";
export { ensemble, type EnsembleOptions } from "./ensemble.ts";
export { entropyThreshold } from "./entropy-threshold.ts";
export { evaluatorAttacks } from "./evaluator-attacks.ts";
export { defineEvaluator, type AuditNeed, type Evaluator, type EvaluatorDefinition } from "./evaluator.ts";
export { expectedWidths, type ExpectedWidths } from "./expected-widths.ts";
export {
  evaluatorManifest,
  feedbackManifest,
  firewall,
  type AttackManifest,
  type EvaluatorManifest,
  type FeedbackManifest,
  type FirewallOutcome,
  type ManifestRequest,
  type SharedPart,
} from "./firewall.ts";
export {
  fitSide,
  type GaussianSide,
  type Location,
  type ShadowSignals,
  type Variance,
} from "./gaussian-sides.ts";
export { gradientNorm } from "./gradient-norm.ts";
export { gradientNorms, type GradientNormsOptions } from "./gradient-norms.ts";
export { labelOnly, type LabelOnlyOptions } from "./label-only.ts";
export { lira, liraScores, type LiraOptions } from "./lira.ts";
export { logSurvival } from "./log-survival.ts";
export { lossThreshold } from "./loss-threshold.ts";
export type { ModelQuery } from "./model-queries.ts";
export { modifiedEntropyThreshold } from "./modified-entropy-threshold.ts";
export { quantile, type QuantileOptions } from "./quantile.ts";
export { queryViews, type QueryViewsOptions } from "./query-views.ts";
export {
  rmia,
  rmiaScores,
  type RmiaEvaluatorOptions,
  type RmiaOptions,
  type RmiaScores,
  type RmiaSignals,
} from "./rmia.ts";
export type { ModelOrigin, ShadowKind, ShadowModel, ShadowOutputs } from "./shadow-models.ts";
export {
  shadowBudgets,
  shadowPlan,
  type ShadowAttack,
  type ShadowPlan,
  type ShadowPlanRequest,
} from "./shadow-plan.ts";
export type { ShadowSpec } from "./shadow-spec.ts";
export type { SignalThresholdOptions } from "./signal-threshold.ts";
export { fitSvc, type Points, type Svc, type SvcOptions } from "./svc.ts";
export { uLira, uLiraScores, type ULiraOptions, type ULiraScores } from "./u-lira.ts";
export { updatePair, type UpdatePairOptions } from "./update-pair.ts";
