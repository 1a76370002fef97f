/**
 * The evaluators that an experiment may name, and the models that each compares with.
 *
 * - `"none"`: no other model than the audited one.
 * - `"oracles"`: the retrained models of the run.
 * - `"originals"`: shadow originals. `"unlearned"`: shadow originals that were unlearned by the audited method.
 */
export const evaluatorNeeds = {
  ensemble: "none",
  "entropy-threshold": "none",
  "gradient-norm": "none",
  intersection: "oracles",
  "label-only": "none",
  lira: "oracles",
  "lira-online": "originals",
  "loss-threshold": "none",
  "modified-entropy-threshold": "none",
  quantile: "oracles",
  rmia: "oracles",
  "rmia-online": "originals",
  "rmia-unlearned": "unlearned",
  "u-lira": "unlearned",
  union: "oracles",
  "update-pair": "unlearned",
} as const;

/** A name of `audit.evaluators`. */
export type EvaluatorName = keyof typeof evaluatorNeeds;

/** Which models an evaluator compares with. */
export type ComparesWith = (typeof evaluatorNeeds)[EvaluatorName];
