import {
  addN,
  dispose,
  div,
  keep,
  mean,
  neg,
  tensor1d,
  tidy,
  zerosLike,
  type Scalar,
  type Tensor,
  type Tensor1D,
} from "@tensorflow/tfjs-core";

import {
  mapParams,
  softmaxCrossEntropy,
  type FeedbackAttack,
  type IndexSet,
  type ModelWeights,
  type Params,
  type Rng,
} from "@ltu/core";
import { metaGradient, type Loss, type MetaGradient } from "@ltu/meta-opt";

import { standardScore } from "./attack-scores.ts";
import { countGradient } from "./cost-ledger.ts";
import { forgetLoss } from "./forget-target.ts";
import { applyJointly } from "./joint-batch.ts";
import type { LtuContext } from "./ltu-context.ts";

/** The sets of one forgetting feedback. */
export interface ForgetSets {
  /** A batch of the forget set, in random order. */
  readonly audit: IndexSet;
  /** Retained samples that share the batch statistics, where the option asks for it. */
  readonly retained?: IndexSet | undefined;
  readonly rng: Rng;
}

/** The forgetting gradient with its parts, and how much the audit samples look like members. */
export interface ForgetFeedback extends MetaGradient {
  /** Mean of all attacks' logits on the support half, in spreads above the non-members' mean; 0 without attacks. */
  readonly attackMean: number;
  /** Everything to dispose. */
  readonly owned: readonly Params[];
}

/** One side of the branch: samples, and the attacks that judge them. */
interface Side {
  readonly set: IndexSet;
  readonly attacks: readonly FeedbackAttack[];
  readonly augment?: Rng | undefined;
}

/**
 * Forgetting feedback: what would make the membership attacks take the forget set for samples never seen?
 *
 * One attack at random, on one half of the audit batch, is the support; all others, on the other half, are the
 * queries, one set each. Support and query thus differ in attack and in data. With a single attack the query uses
 * it too, on the other half. `attackQuery` takes that gap or the queries away. The attacks are frozen; the gradient
 * flows through their inputs into the weights. All query attacks read the same half, so one forward pass serves them.
 *
 * With `forgetLoss: "negativeCrossEntropy"` both halves carry gradient ascent on their cross-entropy instead. With
 * `forgetWeight` 0 nothing is computed, and the gradient is zero.
 *
 * @returns The gradient with its parts; the caller disposes what is `owned`.
 */
export async function forgetFeedback(
  { model, batches, attacks, options, ledger }: LtuContext,
  weights: ModelWeights,
  { audit, retained, rng }: ForgetSets,
): Promise<ForgetFeedback> {
  if (options.forgetWeight === 0) return noFeedback(weights.params);
  const { innerLr, innerSteps, testWeight, order, attackBatchNorm, attackQuery } = options;
  const [support, query] = sidesOf({ audit, rng }, { attacks, options });
  const held: Tensor[] = [];
  let attackMean: Scalar | undefined;
  const isJoint = options.batchStatistics === "joint" && attackBatchNorm === "batch";
  const others = isJoint && retained !== undefined ? batches(retained).images : undefined;
  if (others !== undefined) held.push(others);
  const lossOn = ({ set, attacks: judges, augment }: Side): Loss => {
    const { images, labels } = batches(set, { augment });
    const labelTensor: Tensor1D = tensor1d(labels, "int32");
    held.push(images, labelTensor);
    return (params) => {
      const at = { params, stats: weights.stats };
      const { logits } = applyJointly(model, at, images, { others, mode: attackBatchNorm });
      // The first evaluation of all is the support at the current weights.
      if (attacks.length > 0) {
        attackMean ??= tidy(() =>
          keep(mean(standardScore(attacks, logits, labelTensor, { indexes: set })) as Scalar),
        );
      }
      if (options.forgetLoss === "negativeCrossEntropy") {
        return neg(mean(softmaxCrossEntropy(logits, labelTensor))) as Scalar;
      }
      const losses = judges.map((attack) =>
        forgetLoss(attack, logits, labelTensor, { ...options, indexes: set }),
      );
      return div(addN(losses), losses.length) as Scalar;
    };
  };
  try {
    const tune = lossOn(support);
    const tests = attackQuery === "none" ? [] : [lossOn(query)];
    const result = await metaGradient(weights.params, tune, tests, {
      innerLr,
      innerSteps,
      testWeight,
      order,
    });
    const { evaluations, gradient, tuneGradient, testGradient, curvature = {} } = result;
    const beside = others === undefined ? 0 : others.shape[0];
    countGradient(
      ledger,
      evaluations.tune * (support.set.length + beside) + evaluations.test * (query.set.length + beside),
    );
    const [value = 0] = attackMean === undefined ? [] : await (attackMean as Scalar).data();
    const owned = [gradient, tuneGradient, testGradient, curvature];
    return { ...result, attackMean: value, owned };
  } finally {
    dispose(held);
    (attackMean as Scalar | undefined)?.dispose();
  }
}

/** Support and query: which half of the audit batch, and which attacks. */
function sidesOf(
  { audit, rng }: ForgetSets,
  { attacks, options }: Pick<LtuContext, "attacks" | "options">,
): readonly [support: Side, query: Side] {
  const half = Math.floor(audit.length / 2);
  // A single audit sample is both halves.
  const [supportHalf, queryHalf] = half === 0 ? [audit, audit] : [audit.slice(0, half), audit.slice(half)];
  const chosen = attacks.length === 0 ? -1 : rng.integer(attacks.length);
  const support = { set: supportHalf, attacks: attacks.filter((_, k) => k === chosen) };
  const augment = options.augmentAudit ? rng.split("augment") : undefined;
  if (options.attackQuery === "support") return [support, { ...support, augment }];
  const others = attacks.length === 1 ? attacks : attacks.filter((_, k) => k !== chosen);
  return [support, { set: queryHalf, attacks: others, augment }];
}

function noFeedback(params: Params): ForgetFeedback {
  const zeros = mapParams(params, (tensor) => zerosLike(tensor));
  return {
    gradient: zeros,
    tuneGradient: zeros,
    testGradient: zeros,
    curvature: undefined,
    tuneLoss: 0,
    innerLosses: [],
    testLosses: [],
    evaluations: { tune: 0, test: 0 },
    attackMean: 0,
    owned: [zeros],
  };
}
