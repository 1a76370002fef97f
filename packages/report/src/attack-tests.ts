import { aucChanceP, aucDifferenceP, holm, inOracleUnits, type AucEnds } from "@ltu/metrics";

import type { AttackStrengthReading, Ends, ModelAudit } from "./audit.ts";
import { independentAttacks, onOracles, type MeasuredAttack } from "./lead-attack.ts";
import { isMissing, type Missing } from "./reasons.ts";
import type { Result, RowMetrics } from "./result.ts";

/** Where a number of a model lies among those of the retrained models. */
export type Side = "above" | "below" | "within";

/**
 * Attacks that are fitted on unlearned models: they find a forgotten image by whatever unlearning did to it, so that a high
 * AUC does not say whether too little was forgotten or too much.
 */
const withoutDirection: readonly string[] = ["u-lira", "update-pair"];

/** One attack on a model, compared with the same attack on the retrained models. */
export interface AttackTest {
  /** Absent for the AUC of p_y between forget and test set. */
  readonly attack?: MeasuredAttack | undefined;
  readonly auc: number;
  /** Corrected by Holm for all attacks on the model; two-sided. */
  readonly p: number;
  /** At 5 % of the corrected value. */
  readonly side: Side;
  /** Whether a high AUC says that the images look like training images. */
  readonly hasDirection: boolean;
}

interface Measured {
  readonly metrics: RowMetrics;
  readonly audit?: ModelAudit | undefined;
}

/**
 * Whether the retrained models tell a model apart by an attack: the AUC of p_y and every evaluator that shares nothing
 * with the feedback of the row.
 *
 * p is that of the difference between the AUCs over images, the spread of the oracles included ({@link aucDifferenceP}). As
 * a model that is attacked often is caught once by chance, p is corrected by Holm over the attacks on this model. The
 * smallest p comes first.
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
      const side = p >= 0.05 ? "within" : isAbove ? "above" : "below";
      const hasDirection = attack === undefined || !withoutDirection.includes(attack.attack);
      return { attack, auc, p, side, hasDirection };
    })
    .toSorted((a, b) => a.p - b.p);
}

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
  const own = whole(model);
  const targets = oracles.map(whole).filter((each) => each !== undefined);
  const mean = oracles.reduce((sum, { auc }) => sum + auc, 0) / oracles.length;
  const isAbove = model.auc > (oracles.length === 0 ? 0.5 : mean);
  if (own !== undefined && (targets.length > 0 || oracles.length === 0)) {
    // Without an oracle that the attack could score: forgotten and unseen images are alike to a model that has seen
    // neither, whose AUC is one half but for chance.
    return { p: aucDifferenceP(own, targets.length === 0 ? [oneHalf] : targets), isAbove };
  }
  if (model.counts !== undefined) return { p: aucChanceP(model.auc, model.counts), isAbove: model.auc > 0.5 };
  const spread = inOracleUnits(
    model.auc,
    oracles.map(({ auc }) => auc),
  );
  return isMissing(spread) ? undefined : { p: spread.p, isAbove };
}

const oneHalf: AucEnds = { auc: 0.5, low: 0.5, high: 0.5 };

function whole(found: Found | undefined): AucEnds | undefined {
  if (found?.ends === undefined || isMissing(found.ends)) return undefined;
  const { auc } = found;
  const { low, high } = found.ends;
  return low > 0 && low <= auc && auc <= high && high < 1 ? { auc, low, high } : undefined;
}
