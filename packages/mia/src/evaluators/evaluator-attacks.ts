import type { EvaluatorAttack } from "@ltu/core";

import { confidenceSvc, type ConfidenceSvcInput, type ConfidenceSvcResult } from "./confidence-svc.ts";
import { ensemble, type EnsembleOptions } from "./ensemble.ts";
import { entropyThreshold } from "./entropy-threshold.ts";
import type { Evaluator } from "./evaluator.ts";
import { gradientNorm } from "./gradient-norm.ts";
import { labelOnly, type LabelOnlyOptions } from "./label-only.ts";
import { lira, type LiraOptions } from "./lira.ts";
import { lossThreshold } from "./loss-threshold.ts";
import { modifiedEntropyThreshold } from "./modified-entropy-threshold.ts";
import { quantile, type QuantileOptions } from "./quantile.ts";
import { rmia, type RmiaEvaluatorOptions } from "./rmia.ts";
import type { SignalThresholdOptions } from "./signal-threshold.ts";
import type { SvcOptions } from "./svc.ts";
import { uLira, type ULiraOptions } from "./u-lira.ts";
import { updatePair, type UpdatePairOptions } from "./update-pair.ts";

/**
 * The evaluators of this package by name: factories from options to an attack that audits a finished model. All but
 * `confidence-svc`, the attack of MIA-efficacy with its three sets, take an `AuditInput`.
 */
export const evaluatorAttacks: {
  readonly "confidence-svc": (
    options?: SvcOptions,
  ) => EvaluatorAttack<ConfidenceSvcInput, ConfidenceSvcResult>;
  readonly ensemble: (options?: EnsembleOptions) => Evaluator;
  readonly "entropy-threshold": (options?: SignalThresholdOptions) => Evaluator;
  readonly "gradient-norm": () => Evaluator;
  readonly "label-only": (options?: LabelOnlyOptions) => Evaluator;
  readonly lira: (options?: LiraOptions) => Evaluator;
  readonly "loss-threshold": (options?: SignalThresholdOptions) => Evaluator;
  readonly "modified-entropy-threshold": (options?: SignalThresholdOptions) => Evaluator;
  readonly quantile: (options?: QuantileOptions) => Evaluator;
  readonly rmia: (options?: RmiaEvaluatorOptions) => Evaluator;
  readonly "u-lira": (options?: ULiraOptions & { readonly method?: string }) => Evaluator;
  readonly "update-pair": (options?: UpdatePairOptions) => Evaluator;
} = {
  "confidence-svc": confidenceSvc,
  ensemble,
  "entropy-threshold": entropyThreshold,
  "gradient-norm": gradientNorm,
  "label-only": labelOnly,
  lira,
  "loss-threshold": lossThreshold,
  "modified-entropy-threshold": modifiedEntropyThreshold,
  quantile,
  rmia,
  "u-lira": uLira,
  "update-pair": updatePair,
};
