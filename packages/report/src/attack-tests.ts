import { aucChanceP, aucDifferenceP, holm, inOracleUnits, type AucEnds } from "@ltu/metrics";

import type { AttackStrengthReading, Ends, ModelAudit } from "./audit.ts";
import { independentAttacks, onOracles, type MeasuredAttack } from "./lead-attack.ts";
import { isMissing, type Missing } from "./reasons.ts";
import type { Result, RowMetrics } from "./result.ts";

/** Where a number of a model lies among those of the retrained models. */
export type Side = "above" | "below" | "within";

/** One attack on a model, compared with the same attack on the retrained models. */
export interface AttackTest {
  /** Absent for the AUC of p_y between forget and test set. */
  readonly attack?: MeasuredAttack | undefined;
  readonly auc: number;
  /** Corrected by Holm for all attacks on the model; two-sided. */
  readonly p: number;
  /** At 5 % of the corrected value. */
  readonly side: Side;
}

interface Measured {
  readonly metrics: RowMetrics;
  readonly audit?: ModelAudit | undefined;
}

/**
 * Whether the retrained models tell a model apart by an attack: the AUC of p_y and every evaluator that shares nothing
 * with the feedback of the row.
 *
 * With two oracles or more p is that of one more oracle, by Student's t; with one it is that of the difference of both
 * AUCs over samples. As a model that is attacked often is caught once by chance, p is corrected by Holm over the attacks on
 * this model. The smallest p comes first.
 */
export function attackTests(result: Result, { metrics, audit }: Measured): AttackTest[] {
  const { reference } = result.oracles;
  const found: (Pick<AttackTest, "attack" | "auc" | "p"> & { readonly isAbove: boolean })[] = [];
  const { aucForgetTest: own } = metrics;
  if (!isMissing(own)) {
    const oracles = reference.flatMap((oracle) => {
      const { aucForgetTest: value } = oracle.metrics;
      return isMissing(value) ? [] : [{ auc: value, ends: oracle.audit?.intervals.aucForgetTest }];
    });
    const test = compare({ auc: own, ends: audit?.intervals.aucForgetTest }, oracles);
    if (test !== undefined) found.push({ auc: own, ...test });
  }
  for (const attack of independentAttacks(audit)) {
    const { auc, aucInterval, samples } = attack.reading;
    const oracles = onOracles(result, attack).map(endsOf);
    const counts = { members: samples.forget, nonMembers: samples.unseen };
    const test = compare({ auc, ends: aucInterval, counts }, oracles);
    if (test !== undefined) found.push({ attack, auc, ...test });
  }
  const corrected = holm(found.map(({ p }) => p));
  return found
    .map(({ attack, auc, isAbove }, i): AttackTest => {
      const p = corrected[i] as number;
      return { attack, auc, p, side: p >= 0.05 ? "within" : isAbove ? "above" : "below" };
    })
    .toSorted((a, b) => a.p - b.p);
}

const oneHalf: AucEnds = { auc: 0.5, low: 0.5, high: 0.5 };

interface Found {
  readonly auc: number;
  readonly ends: Ends | Missing | undefined;
  readonly counts?: { readonly members: number; readonly nonMembers: number };
}

function endsOf({ auc, aucInterval }: AttackStrengthReading): Found {
  return { auc, ends: aucInterval };
}

/** p of a difference, and its direction; `undefined` where nothing says how far it could be by chance. */
function compare(
  model: Found,
  oracles: readonly Found[],
): { readonly p: number; readonly isAbove: boolean } | undefined {
  const mean = oracles.reduce((sum, { auc }) => sum + auc, 0) / oracles.length;
  const spread =
    oracles.length >= 2
      ? inOracleUnits(
          model.auc,
          oracles.map(({ auc }) => auc),
        )
      : undefined;
  if (spread !== undefined && !isMissing(spread)) return { p: spread.p, isAbove: spread.sds > 0 };
  // One oracle, all of one value, or none that the attack could score: forgotten and unseen images are alike to a model
  // that has seen neither, whose AUC is one half but for chance.
  const target = whole(oracles[0]);
  const own = whole(model);
  const isAbove = model.auc > (oracles.length === 0 ? 0.5 : mean);
  if (own !== undefined && target !== undefined) return { p: aucDifferenceP(own, target), isAbove };
  if (own !== undefined && oracles.length === 0) return { p: aucDifferenceP(own, oneHalf), isAbove };
  if (model.counts !== undefined) return { p: aucChanceP(model.auc, model.counts), isAbove: model.auc > 0.5 };
  return undefined;
}

function whole(found: Found | undefined): AucEnds | undefined {
  if (found?.ends === undefined || isMissing(found.ends)) return undefined;
  const { auc } = found;
  const { low, high } = found.ends;
  return low > 0 && low <= auc && auc <= high && high < 1 ? { auc, low, high } : undefined;
}
