import { attackStrength, isMissing, logLogPoints, type RocCurve } from "@ltu/metrics";
import { hasScores, type AuditInput, type Evaluator } from "@ltu/mia/evaluators";
import type { AttackReading, AttackStrengthReading } from "@ltu/report";

/** Points of an ROC curve that are kept. */
const rocPoints = 60;

/** What the attack comes to; a reason where it gives no scores. The scored rows are first the forget set, then the rest. */
export function attackReading(
  evaluator: Evaluator,
  input: AuditInput,
  unseen: number,
): AttackReading["reading"] {
  const forgotten = input.score.samples.labels.length - unseen;
  try {
    const result = evaluator.evaluate(input);
    if (!hasScores(result)) return { reason: result.reason, detail: result.detail };
    const side = (isForgotten: boolean): Float64Array =>
      result.scores.filter((_, k) => (result.rows[k] as number) < forgotten === isForgotten);
    const [members, nonMembers] = [side(true), side(false)];
    if (members.length === 0 || nonMembers.length === 0) {
      const [reason = "TOO_FEW_SAMPLES"] = result.leftOut.map((left) => left.reason);
      return { reason, detail: `${result.leftOut.length} of ${forgotten + unseen} samples have no score` };
    }
    return readingOf(members, nonMembers, {
      leftOut: result.leftOut.length,
      about: JSON.parse(JSON.stringify(result.about)) as AttackStrengthReading["about"],
    });
  } catch (error) {
    return { reason: "FAILED", detail: (error as Error).message };
  }
}

function readingOf(
  members: Float64Array,
  nonMembers: Float64Array,
  { leftOut, about }: { readonly leftOut: number; readonly about: AttackStrengthReading["about"] },
): AttackStrengthReading {
  const strength = attackStrength(members, nonMembers);
  const points = (curve: RocCurve): AttackStrengthReading["roc"] =>
    logLogPoints(curve, { points: rocPoints });
  const rates = (found: typeof strength.tpr): AttackStrengthReading["tpr"] =>
    found.map((rate) =>
      isMissing(rate) ? rate : { fpr: rate.fpr, estimate: rate.estimate, low: rate.low, high: rate.high },
    );
  const { aucInterval: interval } = strength;
  return {
    auc: strength.auc,
    aucInterval: isMissing(interval) ? interval : { low: interval.low, high: interval.high },
    balancedAccuracy: strength.balancedAccuracy.value,
    tpr: rates(strength.tpr),
    turnedTpr: rates(strength.turnedTpr),
    smallestFpr: strength.smallestFpr,
    roc: points(strength.roc),
    samples: { forget: members.length, unseen: nonMembers.length, leftOut },
    about,
  };
}
