import { LtuError } from "@ltu/core";

import type { ScorePart } from "./audit-input.ts";
import {
  auditScores,
  hasScores,
  type AttackKind,
  type AuditReason,
  type AuditScores,
} from "./audit-result.ts";
import { checkOptions } from "./check-options.ts";
import { entropyThreshold } from "./entropy-threshold.ts";
import { defineEvaluator, type AuditNeed, type Evaluator } from "./evaluator.ts";
import { lossThreshold } from "./loss-threshold.ts";
import { modifiedEntropyThreshold } from "./modified-entropy-threshold.ts";
import { shareBelow } from "../ranks.ts";

/** Options of {@link ensemble}. */
export interface EnsembleOptions {
  /** The evaluators to combine, each name once; the three population thresholds by default. */
  readonly evaluators?: readonly Evaluator[];
  /** `"union"` (the default): a member for any of them. `"intersection"`: a member for all of them. */
  readonly rule?: "union" | "intersection";
}

/**
 * The union or the intersection of attack families. Each family's scores are first brought to one scale: to how rare such
 * a score is among samples that never trained the model (`calibration`).
 *
 * r_k(x) = share of calibration samples with a score below x's, ties one half
 * union: score = max_k r_k(x);  intersection: score = min_k r_k(x)
 *
 * At the threshold 1 - t each family alone has a false positive rate of about t; the union has up to K t, which its own ROC
 * curve shows. The number of calibration samples bounds the resolution.
 *
 * Calibration samples must be such that each family can score them: with shadow models, their outputs must be in the table.
 * Online forms cannot score what trained no shadow, unless calibration samples are targets of the plan too.
 *
 * @returns An evaluator; a sample that one family cannot score is left out with that family's reason.
 * @throws LtuError `OPTION` for no evaluator or a name twice.
 *
 * Source: the question of arXiv 2506.13972, where attacks of equal strength catch different samples; the ranks are ours.
 */
export function ensemble(options: EnsembleOptions = {}): Evaluator {
  checkOptions("ensemble", options, {
    evaluators: { expected: "a list of evaluators", holds: Array.isArray },
    rule: ["union", "intersection"],
  });
  const { evaluators = [lossThreshold(), entropyThreshold(), modifiedEntropyThreshold()], rule = "union" } =
    options;
  const names = evaluators.map(({ name }) => name);
  if (names.length === 0 || new Set(names).size !== names.length) {
    throw new LtuError(
      "OPTION",
      `ensemble: expected one evaluator or more, each name once, found [${names.join(", ")}]; remove or rename one.`,
    );
  }
  const needs = [...new Set<AuditNeed>(["calibration", ...evaluators.flatMap((one) => one.needs)])];
  const kinds = new Set(evaluators.map(({ kind }) => kind));
  const kind: AttackKind = kinds.size === 1 ? ([...kinds][0] as AttackKind) : "query";
  return defineEvaluator({
    name: "ensemble",
    kind,
    families: [...new Set(evaluators.flatMap(({ families }) => families))],
    needs,
    readsLabels: evaluators.some(({ readsLabels }) => readsLabels),
    score: (input) => {
      const calibration = input.calibration as ScorePart;
      const ranks: Map<number, number>[] = [];
      const reasons = new Map<number, AuditReason>();
      for (const evaluator of evaluators) {
        const result = evaluator.evaluate(input);
        const others = evaluator.evaluate({ ...input, score: calibration });
        if (!hasScores(result)) return result;
        if (!hasScores(others)) return others;
        if (others.scores.length === 0) {
          return {
            reason: "NO_CALIBRATION",
            detail: `ensemble: expected calibration samples that ${evaluator.name} can score, found none of ${calibration.samples.labels.length}; give others.`,
          };
        }
        ranks.push(rankOf(result, others.scores.slice().sort()));
        for (const { row, reason } of result.leftOut) if (!reasons.has(row)) reasons.set(row, reason);
      }
      const join = rule === "union" ? Math.max : Math.min;
      const entries = Array.from(
        input.score.samples.labels,
        (_, row) => reasons.get(row) ?? join(...ranks.map((own) => own.get(row) as number)),
      );
      return auditScores(entries, kind, {
        rule,
        evaluators: names,
        calibration: calibration.samples.labels.length,
      });
    },
  });
}

/** How rare each row's score is among the sorted scores of the calibration samples. */
function rankOf({ rows, scores }: AuditScores, sorted: Float64Array): Map<number, number> {
  return new Map(Array.from(rows, (row, k) => [row, shareBelow(sorted, scores[k] as number)] as const));
}
