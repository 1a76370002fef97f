import { LtuError, type FeedbackAttack, type NonMemberStatistics } from "@ltu/core";

import { shareBelow } from "../ranks.ts";

/** How a model that was trained on neither set answers each sample of both: phi, in any order. */
export interface Difficulty {
  /** Of the samples that the attacks' statistics of non-members are of. */
  readonly nonMembers: ArrayLike<number>;
  /** Of what is to be forgotten. */
  readonly forget: ArrayLike<number>;
}

/**
 * An attack whose statistics of non-members are those of non-members as difficult as the forget set.
 *
 * Forgotten samples need not be like unseen ones on the whole: what stands alone in the data is hard for a retrained model
 * too, what lies in the midst of others easy, and an audit finds what was forgotten too little or too much. A reference
 * model that was trained on neither (on the accessible retain set, say) tells how hard both are: a forgotten sample whose
 * phi lies at the quantile q of the non-members' stands for the non-member at the quantile q of the attack's logits. Where
 * both sets are equally hard nothing changes but for the choice of samples.
 *
 * Spread, scores and the fitted numbers stay, so that attacks weigh as before. Labels of non-members and strangers are left
 * out: a class that is harder than others is so for the reference model too, and matching both counts it twice.
 *
 * @param attack - A fitted attack; it is not changed.
 * @param difficulty - phi of a reference model, whatever its scale: only ranks matter. It must be trained on neither set:
 * a sample that trained it would pass for an easy one.
 * @returns The attack with as many non-members as there are forgotten samples; its `toJSON` holds them.
 * @throws LtuError `DATA` for an empty set, and for numbers that are not finite.
 *
 * Source: ours. That membership is to be judged by how hard a sample is: Watson et al., On the Importance of Difficulty
 * Calibration in Membership Inference Attacks, 2022; there the score of each sample is changed, here what it is compared
 * with.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { matchDifficulty, trainFeedback } from "@ltu/mia/feedback";
 *
 * const rng = createRng(1);
 * const outputs = (name: string, margin: number) => ({
 *   logits: rng.split(name).normals(400).map((noise, i) => noise + (i % 2 === 0 ? margin : 0)),
 *   labels: new Int32Array(200),
 *   classes: 2,
 * });
 * const [attack] = await trainFeedback({
 *   attacks: ["phi-logistic"],
 *   members: outputs("members", 4),
 *   nonMembers: outputs("nonMembers", 1),
 *   rng: rng.split("attacks"),
 * });
 * // What is to be forgotten is as hard for a reference model as the hardest of the non-members.
 * const hard = matchDifficulty(attack, { nonMembers: [0, 1, 2, 3], forget: [0, 0, 0] });
 * console.log(hard.nonMember.mean < attack.nonMember.mean); // → true
 * ```
 */
export function matchDifficulty(attack: FeedbackAttack, { nonMembers, forget }: Difficulty): FeedbackAttack {
  checkNumbers("nonMembers", nonMembers);
  checkNumbers("forget", forget);
  const { sorted, spread } = attack.nonMember;
  const known = Float64Array.from(nonMembers).sort();
  const last = sorted.length - 1;
  const matched = Array.from(Float64Array.from(forget).sort(), (phi) => {
    const place = Math.floor(shareBelow(known, phi) * sorted.length);
    return sorted[Math.min(last, place)] as number;
  });
  const nonMember: NonMemberStatistics = {
    mean: matched.reduce((sum, value) => sum + value, 0) / matched.length,
    spread,
    sorted: matched,
  };
  return { ...attack, nonMember, toJSON: () => ({ ...attack.toJSON(), nonMember }) };
}

function checkNumbers(name: keyof Difficulty, values: ArrayLike<number>): void {
  const wrong = Array.from(values).find((value) => !Number.isFinite(value));
  if (values.length > 0 && wrong === undefined) return;
  throw new LtuError(
    "DATA",
    `matchDifficulty: ${name} must hold the phi of one sample or more, all finite, found ${wrong ?? "none"}; give what a reference model says of each sample.`,
  );
}
