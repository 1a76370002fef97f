import { LtuError } from "@ltu/core";
import { attackStrength, isMissing, logLogPoints, type RocCurve } from "@ltu/metrics";
import { hasScores, type AuditInput, type AuditScores, type Evaluator } from "@ltu/mia/evaluators";
import type { AttackReading, AttackStrengthReading } from "@ltu/report";

/** Points of an ROC curve that are kept. */
const rocPoints = 60;

/** Significant digits of the scores that are kept. */
const scoreDigits = 6;

/** What the attack comes to; a reason where it gives no scores. The scored rows are first the forget set, then the rest. */
export async function attackReading(
  evaluator: Evaluator,
  input: AuditInput,
  unseen: number,
): Promise<AttackReading["reading"]> {
  const count = input.score.samples.labels.length;
  const forgotten = count - unseen;
  try {
    // An evaluator of somebody's own may be asynchronous.
    const result = await Promise.resolve(evaluator.evaluate(input));
    if (!hasScores(result)) return { reason: result.reason, detail: result.detail };
    const scores = scoresByRow(evaluator.name, result, count);
    const side = (from: number, to: number): number[] =>
      scores.slice(from, to).filter((score) => score !== null);
    const [members, nonMembers] = [side(0, forgotten), side(forgotten, count)];
    const { leftOut } = result;
    if (members.length === 0 || nonMembers.length === 0) {
      const [reason = "TOO_FEW_SAMPLES"] = leftOut.map((left) => left.reason);
      return { reason, detail: `${leftOut.length} of ${count} samples have no score` };
    }
    const rounded = scores.map((score) => (score === null ? null : Number(score.toPrecision(scoreDigits))));
    return {
      ...strengthOf(members, nonMembers),
      samples: { forget: members.length, unseen: nonMembers.length, leftOut: leftOut.length },
      ...(leftOut.length === 0 ? {} : { leftOutFor: countsOf(leftOut.map(({ reason }) => reason)) }),
      scores: { forget: rounded.slice(0, forgotten), unseen: rounded.slice(forgotten) },
      about: JSON.parse(JSON.stringify(result.about)) as AttackStrengthReading["about"],
    };
  } catch (error) {
    return { reason: "FAILED", detail: (error as Error).message };
  }
}

/** The score of each row, null where it has none. What an evaluator of somebody's own returns is checked here. */
function scoresByRow(name: string, { rows, scores }: AuditScores, count: number): (number | null)[] {
  const byRow = Array.from({ length: count }, (): number | null => null);
  rows.forEach((row, k) => {
    const score = scores[k] as number;
    if (!(row >= 0 && row < count && Number.isFinite(score))) {
      throw new LtuError(
        "DATA",
        `${name}: expected finite scores of rows from 0 to ${count - 1}, found ${score} of row ${row}; give a reason code where there is no score.`,
      );
    }
    byRow[row] = score;
  });
  return byRow;
}

function countsOf(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function strengthOf(
  members: readonly number[],
  nonMembers: readonly number[],
): Omit<AttackStrengthReading, "about" | "leftOutFor" | "samples" | "scores"> {
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
  };
}
