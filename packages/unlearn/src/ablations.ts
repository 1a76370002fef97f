import type { LtuOptions } from "./option-sets.ts";

/** The name of one of the {@link ablations}. */
export type AblationName =
  | "full"
  | "noHarmonization"
  | "forgetGivesWay"
  | "rememberGivesWay"
  | "harmonizeByLayer"
  | "noMeta"
  | "firstOrder"
  | "secondOrder"
  | "noAttacks"
  | "negativeCrossEntropy"
  | "oneSampler"
  | "sameSamplers"
  | "noTaskGap"
  | "refreshedAttacks"
  | "excludeTrueLabel"
  | "noAnchor"
  | "nonMemberTarget"
  | "noNormCap"
  | "evalBatchNorm"
  | "noAttackScale"
  | "noGate";

/**
 * One change at a time: what to lay over a named option set to see what a part of LTU is worth.
 *
 * The number of attacks, each attack alone, and the retain fraction are no options of the loop: they come with the
 * attacks and the request.
 *
 * @example
 * ```ts
 * import { ablations, ltu } from "@ltu/unlearn";
 *
 * const unlearner = ltu({ attacks: [], ...ablations.noAttacks, supportGate: false });
 * console.log(unlearner.options.forgetWeight); // → 0
 * ```
 */
export const ablations: Readonly<Record<AblationName, Partial<LtuOptions>>> = {
  /** Nothing changed. */
  full: {},
  /** Gradient Harmonization: the plain sum of both gradients. The weight of the forgetting one should be tuned anew. */
  noHarmonization: { mode: "off" },
  /** Only the forgetting gradient gives way in a conflict. */
  forgetGivesWay: { mode: "forgetOnly" },
  /** Only the remembering gradient gives way in a conflict. */
  rememberGivesWay: { mode: "rememberOnly" },
  /** Conflicts are looked for and removed layer by layer. */
  harmonizeByLayer: { scope: "layer" },
  /** No meta step: all losses at the current weights. */
  noMeta: { innerLr: 0, order: "first" },
  firstOrder: { order: "first" },
  secondOrder: { order: "second" },
  /** No feedback from attacks. A support gate still asks them. */
  noAttacks: { forgetWeight: 0 },
  /** Gradient ascent on the audit samples in place of the attacks. */
  negativeCrossEntropy: { forgetLoss: "negativeCrossEntropy" },
  /** One sampling function. */
  oneSampler: { samplers: ["uniform"] },
  /** Three query sets by one sampling function. */
  sameSamplers: { samplers: ["uniform", "uniform", "uniform"] },
  /** Support and query are one task: all queries uniform, the attack query the support's attack and half. */
  noTaskGap: { samplers: ["uniform", "uniform", "uniform"], attackQuery: "support" },
  /** The attacks are fitted anew every epoch; goes with `refreshAttacks`. */
  refreshedAttacks: { miRefreshEpochs: 1 },
  /** Random labels never are the true one. */
  excludeTrueLabel: { excludeTrueLabel: true },
  /** Each option of the recommended set taken away. */
  noAnchor: { anchorWeight: 0 },
  nonMemberTarget: { forgetTarget: "nonMember", miFloor: true },
  noNormCap: { forgetNormCap: null },
  evalBatchNorm: { attackBatchNorm: "eval" },
  noAttackScale: { attackScale: "none" },
  noGate: { supportGate: false },
};
