import { allReadings, isMissing, tow, towMia, type AllReadings, type Missing } from "@ltu/metrics";
import type { Gap, RowMetrics } from "@ltu/report";

const perAttack: Missing = { reason: "NOT_RUN", detail: "given for each attack in audit.attacks" };
const oneModel: Missing = {
  reason: "TOO_FEW_MODELS",
  detail: "audit.repeats asks for one model of each method",
};

/** A number or a reason for every metric of `@ltu/metrics`, of one row. */
export function readingsOf(
  metrics: RowMetrics,
  {
    gap,
    reference,
    further,
  }: { readonly gap: Gap; readonly reference: RowMetrics; readonly further: Partial<AllReadings> },
): AllReadings {
  const { ua, ra, ta, miaEfficacy, aucForgetTest } = metrics;
  const product = (parts: (keyof RowMetrics)[], of: () => { readonly value: number }): number | Missing => {
    const missing = parts.flatMap((part) => [metrics[part], reference[part]]).find(isMissing);
    return missing ?? of().value;
  };
  const named = (model: RowMetrics): { UA: number; RA: number; TA: number; MIA: number } => ({
    UA: model.ua as number,
    RA: model.ra as number,
    TA: model.ta as number,
    MIA: model.miaEfficacy as number,
  });
  return allReadings({
    UA: ua,
    RA: ra,
    TA: ta,
    MIA: miaEfficacy,
    avgGap: isMissing(gap) ? gap : gap.value,
    tow: product(["ua", "ra", "ta"], () => tow(named(metrics), named(reference))),
    towMia: product(["miaEfficacy", "ra", "ta"], () => towMia(named(metrics), named(reference))),
    auc: aucForgetTest,
    aucDistance: isMissing(aucForgetTest) ? aucForgetTest : Math.abs(aucForgetTest - 0.5),
    balancedAccuracy: perAttack,
    tprAt10: perAttack,
    tprAt1: perAttack,
    tprAt01: perAttack,
    tprAt0: perAttack,
    epsilon: oneModel,
    forgetScore: oneModel,
    challengeScore: oneModel,
    klom: oneModel,
    klom95: oneModel,
    ...further,
  });
}
