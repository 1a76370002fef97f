import {
  add,
  dispose,
  div,
  mean,
  mul,
  ones,
  slice,
  square,
  sub,
  sum,
  tensor1d,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";

import {
  cloneParams,
  disposeParams,
  softmaxCrossEntropy,
  type IndexSet,
  type ModelWeights,
  type Params,
  type Rng,
} from "@ltu/core";
import { fuseQueries, metaGradient, type Loss, type MetaGradient } from "@ltu/meta-opt";

import { countForward, countGradient } from "./cost-ledger.ts";
import { applyJointly } from "./joint-batch.ts";
import type { LtuContext } from "./ltu-context.ts";
import { concatIndexes } from "./query-sets.ts";
import { randomLabels } from "./random-labels.ts";
import { supportGate } from "./support-gate.ts";

/** The sets of one remembering feedback. */
export interface RememberSets {
  /** A batch of the forget set. */
  readonly support: IndexSet;
  /** Query sets of the accessible retain set. */
  readonly queries: readonly IndexSet[];
  readonly rng: Rng;
}

/** The remembering gradient with its parts, and the running statistics that the support pass moved. */
export interface RememberFeedback extends MetaGradient {
  /** New running statistics. */
  readonly stats: Params;
  /** Everything to dispose. */
  readonly owned: readonly Params[];
}

/**
 * Remembering feedback: after pretending to forget the support set, does the model still know the query sets?
 *
 * Support: images of the forget set with random labels, cross-entropy (gated, where the option asks for it: a
 * dropped sample counts as 0 in the mean). Queries: images of the accessible retain set with true labels,
 * cross-entropy plus `anchorWeight` times the mean squared difference to the original logits; the mean over the
 * query sets, in one forward pass or in one each.
 *
 * Every pass uses the statistics of its batch. Running statistics move once, with the support pass at the current
 * weights; the temporary weights and the central difference never touch them.
 *
 * @returns The gradient with its parts; the caller disposes what is `owned`.
 */
export async function rememberFeedback(
  context: LtuContext,
  weights: ModelWeights,
  { support, queries, rng }: RememberSets,
): Promise<RememberFeedback> {
  const { model, batches, options, ledger } = context;
  const { innerLr, innerSteps, testWeight, order } = options;
  const augmentation = (name: string): { readonly augment?: Rng } =>
    options.augment ? { augment: rng.split(name) } : {};
  const held: Tensor[] = [];
  let stats: Params | undefined;
  try {
    const supportBatch = batches(support, augmentation("augment/support"));
    held.push(supportBatch.images);
    const drawn = randomLabels(supportBatch.labels, {
      choices: context.classChoices,
      excludeTrueLabel: options.excludeTrueLabel,
      rng: rng.split("labels"),
    });
    const labels = tensor1d(drawn, "int32");
    const trueLabels = tensor1d(supportBatch.labels, "int32");
    held.push(labels, trueLabels);
    const gate = options.supportGate
      ? supportGate(
          {
            model,
            weights,
            attacks: context.attacks,
            indexes: support,
            byRank: options.supportGate === "byRank",
          },
          supportBatch.images,
          trueLabels,
        )
      : (ones([support.length]) as Tensor1D);
    held.push(gate);
    if (options.supportGate) countForward(ledger, support.length);

    const queryBatch = batches(concatIndexes(queries), augmentation("augment/query"));
    held.push(queryBatch.images);
    const isJoint = options.batchStatistics === "joint";

    const tune: Loss = (params) => {
      const mode = stats === undefined ? "train" : "batch";
      const at = { params, stats: weights.stats };
      const others = isJoint ? queryBatch.images : undefined;
      const output = applyJointly(model, at, supportBatch.images, { others, mode });
      if (mode === "train") stats = output.stats ?? {};
      return mean(mul(gate, softmaxCrossEntropy(output.logits, labels))) as Scalar;
    };

    const others = isJoint ? supportBatch.images : undefined;
    const { images, labels: queryLabels } = queryBatch;
    const tests = queryLosses(context, weights, { images, labels: queryLabels, queries, others }, held);

    const result = await metaGradient(weights.params, tune, tests, {
      innerLr,
      innerSteps,
      testWeight,
      order,
    });
    const tuneSize = support.length + (isJoint ? queryLabels.length : 0);
    const testSize = queryLabels.length + (isJoint ? support.length : 0);
    countGradient(ledger, result.evaluations.tune * tuneSize + testSize);
    // A model without batch norm has nothing to move; what comes back is always the caller's own.
    const moved = stats !== undefined && Object.keys(stats).length > 0 ? stats : cloneParams(weights.stats);
    stats = undefined;
    const { gradient, tuneGradient, testGradient, curvature = {} } = result;
    return { ...result, stats: moved, owned: [gradient, tuneGradient, testGradient, curvature, moved] };
  } finally {
    dispose(held);
    disposeParams(stats ?? {});
  }
}

/** One loss for all query sets, or one each; the tensors they read are added to `held`. */
function queryLosses(
  { model, original, options, ledger }: LtuContext,
  weights: ModelWeights,
  {
    images,
    labels,
    queries,
    others,
  }: {
    readonly images: Tensor4D;
    readonly labels: Int32Array;
    readonly queries: readonly IndexSet[];
    /** Images that share the batch statistics. */
    readonly others: Tensor4D | undefined;
  },
  held: Tensor[],
): Loss[] {
  const { anchorWeight, fusedQueries } = options;
  const anchor =
    anchorWeight === 0 ? undefined : tidy(() => model.apply(original, images, { mode: "eval" }).logits);
  if (anchor !== undefined) {
    held.push(anchor);
    countForward(ledger, labels.length);
  }
  // The loss of each of `size` samples from `start` on.
  const lossesOf = (start: number, size: number): ((params: Params) => Tensor1D) => {
    const labelTensor = tensor1d(labels.subarray(start, start + size), "int32");
    const part = size === labels.length ? images : slice(images, [start, 0, 0, 0], [size, -1, -1, -1]);
    held.push(labelTensor, ...(part === images ? [] : [part]));
    const target = anchor === undefined ? undefined : slice(anchor, [start, 0], [size, -1]);
    if (target !== undefined) held.push(target);
    return (params) => {
      const { logits } = applyJointly(model, { params, stats: weights.stats }, part, {
        others,
        mode: "batch",
      });
      const losses = softmaxCrossEntropy(logits, labelTensor);
      return target === undefined ? losses : add(losses, anchorDistance(logits, target, anchorWeight));
    };
  };
  const sizes = queries.map((set) => set.length);
  if (fusedQueries) return [fuseQueries(sizes, lossesOf(0, labels.length))];
  let start = 0;
  return sizes.map((size) => {
    const losses = lossesOf(start, size);
    start += size;
    return (params) => mean(losses(params)) as Scalar;
  });
}

/** `anchorWeight` times the mean over classes of the squared difference to the original logits, `[batch]`. */
function anchorDistance(logits: Tensor2D, original: Tensor2D, anchorWeight: number): Tensor1D {
  const classes = logits.shape[1];
  return mul(div(sum(square(sub(logits, original)), 1), classes), anchorWeight);
}
