import type { EvaluatorAttack } from "@ltu/core";

import { confidenceSvc, type ConfidenceSvcInput, type ConfidenceSvcResult } from "./confidence-svc.ts";
import type { SvcOptions } from "./svc.ts";

/** The evaluators of this package by name: factories from options to an attack that audits a finished model. */
export const evaluatorAttacks: {
  readonly "confidence-svc": (
    options?: SvcOptions,
  ) => EvaluatorAttack<ConfidenceSvcInput, ConfidenceSvcResult>;
} = {
  "confidence-svc": confidenceSvc,
};
