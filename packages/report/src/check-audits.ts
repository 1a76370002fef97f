import { hasStrength, type AttackReading, type MadeOf, type ModelAudit } from "./audit.ts";
import type { Result } from "./result.ts";

/**
 * Checks what would make the attacks of a result lie: an attack that shares with the feedback of its row and does not say
 * so, and scores of other samples than the result says were audited.
 *
 * @throws RangeError with the place and the mistake.
 */
export function checkAudits({ audited, oracles, original, rows }: Result): void {
  const models: readonly (readonly [string, ModelAudit | undefined, MadeOf | undefined])[] = [
    ["original", original.audit, undefined],
    ...oracles.reference.map(({ audit }, i) => [`oracles.reference[${i}]`, audit, undefined] as const),
    ...oracles.heldOut.map(({ audit }, i) => [`oracles.heldOut[${i}]`, audit, undefined] as const),
    ...rows.map(({ audit, feedback }, i) => [`rows[${i}]`, audit, feedback] as const),
  ];
  for (const [where, audit, feedback] of models) {
    (audit?.attacks ?? []).forEach((attack, i) => {
      const place = `result: ${where}.audit.attacks[${i}]`;
      if (feedback !== undefined) checkMark(attack, { feedback, place });
      if (audited !== undefined) checkScores(attack, { audited, place });
    });
  }
}

/** Samples are told by their number and hash, so that only all of them shared can be seen here; the rest is compared in full. */
function checkMark(
  { attack, mark, madeOf, reading }: AttackReading,
  { feedback, place }: { readonly feedback: MadeOf; readonly place: string },
): void {
  if (madeOf === undefined || mark !== undefined || !hasStrength(reading)) return;
  const shared = (["families", "seeds", "shadowModels"] as const).flatMap((part) =>
    madeOf[part].filter((value) => feedback[part].includes(value)),
  );
  const [own, others] = [madeOf.fittingSamples, feedback.fittingSamples];
  if (madeOf.data === feedback.data && own.count > 0 && own.sha256 === others.sha256) shared.push("samples");
  if (shared.length === 0) return;
  throw new RangeError(
    `${place} must have a mark, for ${attack} shares ${shared.slice(0, 3).join(", ")} with the feedback of its row; mark it, or leave its numbers out.`,
  );
}

function checkScores(
  { attack, reading }: AttackReading,
  { audited, place }: { readonly audited: NonNullable<Result["audited"]>; readonly place: string },
): void {
  if (!hasStrength(reading) || reading.scores === undefined) return;
  const { forget, unseen } = reading.scores;
  const expected = [audited.unseen.length, audited.unseenBesideShadows?.length];
  if (forget.length === audited.forget.length && expected.includes(unseen.length)) return;
  throw new RangeError(
    `${place}.reading.scores must have one number or null for each of ${audited.forget.length} forgotten and ${expected.filter((count) => count !== undefined).join(" or ")} unseen images, found ${forget.length} and ${unseen.length} of ${attack}; give the scores of this result's images.`,
  );
}
