import type { HarmonizeMode, Scope } from "@ltu/harmonize";
import type { SamplerName } from "@ltu/samplers";

import type { EarlyStop } from "./early-stop.ts";
import type { LtuSchedule } from "./schedule.ts";

/** Every option of LTU. All are plain JSON, so that a manifest can hold them. */
export interface LtuOptions {
  /** Passes over the larger of forget set and accessible retain set; `null` where `forgetPasses` alone says how long. */
  readonly epochs: number | null;
  /**
   * Passes over the forget set, whatever the size of the accessible retain set; `null` where `epochs` alone says how long. With
   * both the shorter one holds. Without `epochs` a pass over the forget set is what "epoch" means in the other options.
   */
  readonly forgetPasses: number | null;
  /** Ends the run once the audit samples look like non-members for some steps; `null`: never. */
  readonly earlyStop: EarlyStop | null;
  /** Images of the support set, and of the audit batch. */
  readonly batchSize: number;
  /** Images of all query sets together. */
  readonly queryBatch: number;
  /** One query set for each name (N of them). */
  readonly samplers: readonly SamplerName[];
  /** The losses that the sampler `hard` reads are computed anew every so many epochs, at least 1. */
  readonly lossRefreshEpochs: number;
  /** True: one forward pass for all query sets. False: one each, with batch statistics of its own. */
  readonly fusedQueries: boolean;
  /** Whether support and query images go through the training augmentation of the data. */
  readonly augment: boolean;
  /** Order of the meta-gradient. */
  readonly order: "first" | "second";
  /** Step size of meta-tune (alpha). */
  readonly innerLr: number;
  /** Steps of meta-tune. */
  readonly innerSteps: number;
  /** Weight of the mean of the query losses (lambda). */
  readonly testWeight: number;
  /** Step size of the optimizer (beta), before its schedule. */
  readonly outerLr: number;
  /** How the step size of the optimizer changes over the run. */
  readonly schedule: LtuSchedule;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Largest norm of the harmonized gradient; `null`: none. */
  readonly gradientClip: number | null;
  /** Gradient Harmonization: which gradient gives way in a conflict. */
  readonly mode: HarmonizeMode;
  /** Whether a conflict is looked for in all parameters together or layer by layer. */
  readonly scope: Scope;
  /** What the forgetting gradient is multiplied by; 0 leaves the forgetting branch out. */
  readonly forgetWeight: number;
  /** Largest norm of the weighted forgetting gradient, as a multiple of the remembering one's; `null`: none. */
  readonly forgetNormCap: number | null;
  /** What drives forgetting: the attacks, or plain gradient ascent on the cross-entropy of the audit samples. */
  readonly forgetLoss: "attacks" | "negativeCrossEntropy";
  /**
   * The query sets of the forgetting branch: the attacks that are not the support's (a single attack once more) on the
   * other half of the audit batch; the support's own attack and half, which leaves no gap; or none.
   */
  readonly attackQuery: "others" | "support" | "none";
  /** Whether the query half of the audit batch goes through the training augmentation. */
  readonly augmentAudit: boolean;
  /** The attacks are fitted anew every so many epochs on the model as it is, see `refreshAttacks`; 0: never. */
  readonly miRefreshEpochs: number;
  /** What audit samples are pulled to: the label "non-member", or the quantiles of real non-members. */
  readonly forgetTarget: "nonMember" | "quantile";
  /**
   * Whether forgotten samples are to look like non-members of their own classes, instead of all non-members alike; see
   * `matchNonMembers`. A class that the accessible retain set lacks is then one the model has never seen: no random label
   * is of it, and its samples are to look like images of other classes. `"auto"`: where the forget set is of one
   * kind (see `batchStatistics`) and all attacks know the labels of their non-members.
   */
  readonly matchClasses: boolean | "auto";
  /** With target `"nonMember"`: no gradient from a sample at or below the non-members' mean attack logit. */
  readonly miFloor: boolean;
  /** Batch norm of the forgetting branch: running statistics, or those of the batch. */
  readonly attackBatchNorm: "eval" | "batch";
  /**
   * Which images share the statistics of batch norm: those of each pass alone, or forgotten and retained images together
   * in every pass. A forget set of one kind has statistics of its own, by which a model can tell the passes apart. `"auto"`:
   * `"joint"` for such a forget set, `"own"` otherwise. It is of one kind where its classes are shared out far otherwise than
   * those of the accessible retain set: a total variation distance above one third.
   */
  readonly batchStatistics: "own" | "joint" | "auto";
  /** Whether attack logits are divided by their spread over non-members, so that attacks weigh alike. */
  readonly attackScale: "none" | "nonMemberSpread";
  /** Weight of the mean squared difference to the original logits on the query images. */
  readonly anchorWeight: number;
  /**
   * Drops the random label of a support sample that already looks like a non-member: whose attack logits are not above the
   * non-members' mean (`true`), or not above the non-members' quantile for its rank in the batch (`"byRank"`).
   */
  readonly supportGate: boolean | "byRank";
  /** Whether random labels avoid the true one. */
  readonly excludeTrueLabel: boolean;
}

/** The name of one of the {@link optionSets}. */
export type OptionSetName = "literal" | "initial" | "recommended";

const shared = {
  epochs: 10,
  forgetPasses: null,
  earlyStop: null,
  samplers: ["uniform", "classSkewed", "hard"],
  lossRefreshEpochs: 1,
  augment: true,
  innerLr: 0.01,
  innerSteps: 1,
  testWeight: 1,
  schedule: { name: "constant" },
  momentum: 0.9,
  weightDecay: 5e-4,
  gradientClip: null,
  mode: "both",
  scope: "global",
  forgetLoss: "attacks",
  attackQuery: "others",
  augmentAudit: false,
  miRefreshEpochs: 0,
  matchClasses: false,
  batchStatistics: "own",
  excludeTrueLabel: false,
} as const satisfies Partial<LtuOptions>;

const initial: LtuOptions = {
  ...shared,
  batchSize: 128,
  queryBatch: 128,
  fusedQueries: true,
  order: "first",
  outerLr: 0.005,
  forgetWeight: 2,
  forgetNormCap: 0.1,
  forgetTarget: "quantile",
  miFloor: false,
  attackBatchNorm: "batch",
  attackScale: "nonMemberSpread",
  anchorWeight: 4,
  supportGate: true,
};

/**
 * Named option sets.
 *
 * - `literal`: what is public of the paper, read word by word, with our defaults where it is silent.
 * - `initial`: first order, and five options that a study of ours found to matter more than any rate: an
 *   anchor to the original logits, quantiles of non-members as the target, a cap on the forgetting gradient,
 *   batch statistics in the forgetting branch, and a gate on the random labels. The rates are those of that study.
 * - `recommended`: as `initial`, with the rate, the weight of the anchor and the cap that the search `table-search` of the
 *   benchmark chose; no longer for an accessible retain set that is large beside the forget set; and with joint batches and
 *   matched classes where the forget set is of one kind, as a whole class is.
 */
export const optionSets: Readonly<Record<OptionSetName, LtuOptions>> = {
  literal: {
    ...shared,
    batchSize: 256,
    queryBatch: 256,
    fusedQueries: false,
    order: "second",
    outerLr: 0.01,
    forgetWeight: 1,
    forgetNormCap: null,
    forgetTarget: "nonMember",
    miFloor: true,
    attackBatchNorm: "eval",
    attackScale: "none",
    anchorWeight: 0,
    supportGate: false,
  },
  initial,
  // As the search drew them: the rows of its tables are this very set.
  recommended: {
    ...initial,
    outerLr: 0.006729,
    forgetNormCap: 0.3756,
    anchorWeight: 1,
    forgetPasses: 30,
    matchClasses: "auto",
    batchStatistics: "auto",
  },
};
