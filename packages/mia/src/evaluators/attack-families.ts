/**
 * What an attack reads. Two attacks of one family see the same thing in a model, whatever their fitted numbers: one that
 * gave feedback makes the other no independent audit.
 *
 * - `"confidence"`: how sure one model is of the true class (p_y, loss, phi).
 * - `"entropy"`: how sure it is of any class (entropy, modified entropy).
 * - `"margin"`: raw logits (margin, logsumexp). `"posterior"`: the sorted soft-max outputs.
 * - `"difficulty"`: the loss beside that of reference models. `"rmia"`: p_y beside reference models and a population.
 * - `"lira"`, `"u-lira"`: a distribution of phi for each sample, over trained, or over unlearned, shadow models.
 * - `"quantile"`, `"label-only"`, `"update-pair"`, `"gradient"`: as the evaluators of these names.
 */
export type AttackFamily =
  | "confidence"
  | "difficulty"
  | "entropy"
  | "gradient"
  | "label-only"
  | "lira"
  | "margin"
  | "posterior"
  | "quantile"
  | "rmia"
  | "u-lira"
  | "update-pair";

/** The families of this package's feedback attacks by name; evaluators carry their own as `families`. */
export const feedbackFamilies: Readonly<Record<string, readonly AttackFamily[]>> = {
  "class-threshold": ["confidence"],
  "difficulty-calibrated": ["difficulty"],
  "entropy-mlp": ["entropy"],
  logistic: ["confidence"],
  "margin-mlp": ["margin"],
  "margin-statistics-mlp": ["confidence", "margin"],
  "phi-logistic": ["confidence"],
  "phi-margin-mlp": ["confidence", "margin"],
  "posterior-mlp": ["confidence", "posterior"],
  "soft-ratio": ["rmia"],
};
