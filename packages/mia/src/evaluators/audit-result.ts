/** Why an evaluator gives no score, for one sample or for all of them. */
export type AuditReason =
  | "NO_FIT_SAMPLES"
  | "NO_SHADOWS"
  | "NO_UNLEARNED_SHADOWS"
  | "NO_POPULATION"
  | "NO_CALIBRATION"
  | "NO_BEFORE"
  | "NO_FEATURES"
  | "NO_VIEWS"
  | "NO_GRADIENT_NORMS"
  | "ONE_SIDED"
  | "TOO_FEW_SAMPLES"
  | "TOO_FEW_SHADOWS"
  | "ZERO_VARIANCE";

/**
 * What an attack takes as its population. A population attack has one rule for all samples and is weak; it is not the
 * audit that per-example attacks are.
 *
 * - `"population"`: one rule, fitted on other samples.
 * - `"perExample"`: a distribution or a reference of its own for each sample.
 * - `"query"`: several queries of each sample.
 */
export type AttackKind = "population" | "perExample" | "query";

/** A sample without a score. */
export interface LeftOut {
  /** Its row in the part to score. */
  readonly row: number;
  readonly reason: AuditReason;
}

/** Scores of samples: a higher score always means "more likely a member". No entry is ever NaN. */
export interface AuditScores {
  /** The rows that have a score, ascending. */
  readonly rows: Int32Array;
  /** `[rows]`, in the order of `rows`. */
  readonly scores: Float64Array;
  /** The other rows, each with its reason. */
  readonly leftOut: readonly LeftOut[];
  readonly kind: AttackKind;
  /** What was fitted and resolved, for the report: thresholds, which variance, how many shadows. */
  readonly about: Readonly<Record<string, number | string | readonly number[] | readonly string[]>>;
}

/** Stands where an evaluator cannot give any score. */
export interface Unavailable {
  readonly reason: AuditReason;
  /** One sentence: what was expected, what was found, what to do. */
  readonly detail: string;
}

/** Scores, or the reason why there are none. */
export type AuditResult = AuditScores | Unavailable;

/** Whether an audit has scores. */
export function hasScores(result: AuditResult): result is AuditScores {
  return "scores" in result;
}

/** Scores and reasons by row, in their final form. */
export function auditScores(
  entries: readonly (number | AuditReason)[] | Float64Array,
  kind: AttackKind,
  about: AuditScores["about"] = {},
): AuditScores {
  const rows: number[] = [];
  const scores: number[] = [];
  const leftOut: LeftOut[] = [];
  entries.forEach((entry: number | AuditReason, row: number) => {
    if (typeof entry === "string") {
      leftOut.push({ row, reason: entry });
    } else {
      rows.push(row);
      scores.push(entry);
    }
  });
  return { rows: Int32Array.from(rows), scores: Float64Array.from(scores), leftOut, kind, about };
}
