import { classThreshold } from "./class-threshold.ts";
import type { FeedbackDefinition } from "./definition.ts";
import { difficultyCalibrated } from "./difficulty-calibrated.ts";
import { entropyMlp } from "./entropy-mlp.ts";
import { logistic } from "./logistic.ts";
import { marginMlp } from "./margin-mlp.ts";
import { marginStatisticsMlp } from "./margin-statistics-mlp.ts";
import { phiLogistic } from "./phi-logistic.ts";
import { phiMarginMlp } from "./phi-margin-mlp.ts";
import { posteriorMlp } from "./posterior-mlp.ts";
import { softRatio } from "./soft-ratio.ts";

export type FeedbackAttackName =
  | "class-threshold"
  | "difficulty-calibrated"
  | "entropy-mlp"
  | "logistic"
  | "margin-mlp"
  | "margin-statistics-mlp"
  | "phi-logistic"
  | "phi-margin-mlp"
  | "posterior-mlp"
  | "soft-ratio";

/** The feedback attacks of this package by name. A test proves that this object, the folder and the README agree. */
export const feedbackAttacks: Readonly<Record<FeedbackAttackName, FeedbackDefinition>> = {
  "class-threshold": classThreshold,
  "difficulty-calibrated": difficultyCalibrated,
  "entropy-mlp": entropyMlp,
  logistic,
  "margin-mlp": marginMlp,
  "margin-statistics-mlp": marginStatisticsMlp,
  "phi-logistic": phiLogistic,
  "phi-margin-mlp": phiMarginMlp,
  "posterior-mlp": posteriorMlp,
  "soft-ratio": softRatio,
};
