import { LtuError, type FeedbackAttack, type NonMemberStatistics } from "@ltu/core";

import { countsOf, sharesOf } from "./class-shares.ts";
import { midQuantiles } from "./quantile-targets.ts";

/** The labels of the sets of a request. */
export interface SetLabels {
  /** Of each forgotten sample. */
  readonly forget: ArrayLike<number>;
  /** Of each sample of the accessible retain set. */
  readonly retain: ArrayLike<number>;
}

/**
 * An attack whose statistics of non-members are those of non-members with the labels of the forget set, each label in its
 * share: the classes differ in how well a model knows unseen images, and a forget set need not hold them evenly.
 *
 * A label that the accessible retain set lacks is to be forgotten as a whole. A model that never saw the class does not
 * take its images for it, and no non-member of the class shows that under a model that knows the class: there the
 * statistics are those of images of other classes, judged as if they had the label (`strangers`). A label of which little is
 * left, less than two thirds of its share among the non-members, lies between the two: what is left of that share takes
 * its own non-members, the rest strangers.
 *
 * Spread, scores and the fitted numbers stay, so that attacks weigh as before. A forget set with the labels of the
 * non-members in their shares changes nothing but the rounding of quantiles.
 *
 * @throws LtuError `OPTION` for an attack that does not know the labels of its non-members, or no strangers where a whole
 * class is forgotten.
 *
 * Source: ours.
 */
export function matchNonMembers(attack: FeedbackAttack, { forget, retain }: SetLabels): FeedbackAttack {
  const { nonMember } = attack;
  const kept = sharesOf(retain);
  const usual = sharesOf(nonMember.labels ?? []);
  const total = nonMember.sorted.length;
  const matched = [...countsOf(forget)].flatMap(([label, count]) => {
    const wanted = Math.max(1, Math.round((total * count) / forget.length));
    const own = Math.round(wanted * partLeft(kept.get(label) ?? 0, usual.get(label) ?? 0));
    return [
      ...(own === 0 ? [] : midQuantiles(ownLogits(attack, label), own)),
      ...(own === wanted ? [] : midQuantiles(strangersOf(attack, label), wanted - own)),
    ];
  });
  matched.sort((a, b) => a - b);
  const mean = matched.reduce((sum, value) => sum + value, 0) / matched.length;
  const statistics: NonMemberStatistics = { mean, spread: nonMember.spread, sorted: matched };
  return { ...attack, nonMember: statistics };
}

/** How much of a class is left: 1 for all of it, or nearly, as far as two samples can tell. */
function partLeft(kept: number, usual: number): number {
  if (kept === 0) return 0;
  return kept >= (2 / 3) * usual ? 1 : kept / usual;
}

/** The logits of non-members with this label; of all of them where there is none. */
function ownLogits({ name, nonMember }: FeedbackAttack, label: number): readonly number[] {
  const { labels, sorted } = nonMember;
  if (labels === undefined) throw unknown(name, "the labels of its non-members");
  const own = sorted.filter((_, i) => labels[i] === label);
  return own.length > 0 ? own : sorted;
}

function strangersOf({ name, nonMember }: FeedbackAttack, label: number): readonly number[] {
  const strangers = nonMember.strangers?.[label] ?? [];
  if (strangers.length === 0) throw unknown(name, `how images of other classes look as class ${label}`);
  return strangers;
}

function unknown(name: string, what: string): LtuError {
  return new LtuError(
    "OPTION",
    `ltu: matchClasses needs attacks that know ${what}, found ${name} without; fit it with @ltu/mia, or set matchClasses to false.`,
  );
}
