import type { FeedbackDefinition } from "./definition.ts";
import { entropyMlp } from "./entropy-mlp.ts";
import { logistic } from "./logistic.ts";
import { marginMlp } from "./margin-mlp.ts";
import { marginStatisticsMlp } from "./margin-statistics-mlp.ts";
import { phiLogistic } from "./phi-logistic.ts";
import { phiMarginMlp } from "./phi-margin-mlp.ts";
import { posteriorMlp } from "./posterior-mlp.ts";

export type FeedbackAttackName =
  | "entropy-mlp"
  | "logistic"
  | "margin-mlp"
  | "margin-statistics-mlp"
  | "phi-logistic"
  | "phi-margin-mlp"
  | "posterior-mlp";

/** The feedback attacks of this package by name. A test proves that this object and the folder agree. */
export const feedbackAttacks: Readonly<Record<FeedbackAttackName, FeedbackDefinition>> = {
  "entropy-mlp": entropyMlp,
  logistic,
  "margin-mlp": marginMlp,
  "margin-statistics-mlp": marginStatisticsMlp,
  "phi-logistic": phiLogistic,
  "phi-margin-mlp": phiMarginMlp,
  "posterior-mlp": posteriorMlp,
};
