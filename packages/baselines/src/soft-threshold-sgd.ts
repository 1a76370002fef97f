import {
  abs,
  clone,
  concat,
  greater,
  less,
  add,
  neg,
  reshape,
  slice,
  sub,
  tidy,
  topk,
  where,
  type Tensor,
  type Tensor1D,
} from "@tensorflow/tfjs-core";

import { mapParams, paramCount, zipParams, type Params } from "@ltu/core";
import { sgd, type Optimizer } from "@ltu/train";

/** How much of each epoch's change is taken back. */
export interface SoftThresholdOptions {
  /** The share of weights that stay in the first epoch, from 0 to 1. */
  readonly maskRatio: number;
  /** How many batches an epoch counts. */
  readonly batchesPerEpoch: number;
}

/**
 * How many weights are put back after each step of epoch e = 0, 1, ...: floor(maskRatio (T - (e L + 1)) / T n), with L
 * batches an epoch and T = L epochs in all; it falls from epoch to epoch.
 */
export function softRank(
  { epoch, epochs }: { readonly epoch: number; readonly epochs: number },
  { maskRatio, batchesPerEpoch }: SoftThresholdOptions,
  count: number,
): number {
  const total = epochs * batchesPerEpoch;
  // The order of the operations is that of the source, because it decides what the floor sees.
  return Math.floor(maskRatio * (((total - (epoch * batchesPerEpoch + 1)) / total) * count));
}

/** In the state, what belongs to the start of the epoch; the rest is SGD's velocity. */
const prefix = "start of epoch/";

/**
 * SGD, after each step of which the change since the start of the epoch is made sparse:
 *
 * delta = theta - theta_start, delta <- sign(delta) max(|delta| - tau, 0), tau the r-th smallest of all |delta|.
 *
 * The start weights are part of the state, so a run that goes on from a checkpoint knows them.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/RL_pro.py`.
 */
export function softThresholdSgd(options: SoftThresholdOptions): Optimizer {
  return {
    name: "soft-threshold-sgd",
    init: (params) => ({ ...sgd.init(params), ...startOf(params) }),
    step: (params, gradient, state, at) =>
      tidy(() => {
        const start =
          at.place.stepInEpoch === 0
            ? params
            : mapParams(params, (_, name) => state[`${prefix}${name}`] as Tensor);
        const velocity = mapParams(params, (_, name) => state[name] as Tensor);
        const next = sgd.step(params, gradient, velocity, at);
        const rank = softRank(at.place, options, paramCount(params));
        return {
          params: rank === 0 ? next.params : shrunk(next.params, start, rank),
          state: { ...next.state, ...startOf(start) },
        } as never;
      }) as unknown as ReturnType<Optimizer["step"]>,
  };
}

/** Weights as the state holds them: its own handles on the same numbers. */
function startOf(params: Params): Params {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [`${prefix}${name}`, clone(value)]),
  );
}

/** Weights whose distance to `start` is cut by the `rank`-th smallest of all distances. */
function shrunk(params: Params, start: Params, rank: number): Params {
  const changes = zipParams([params, start], ([theta, from]) => sub(theta as Tensor, from as Tensor));
  const tau = kthSmallest(concat(Object.values(changes).map((change) => reshape(abs(change), [-1]))), rank);
  return zipParams([params, changes, start], (tensors) => {
    const [theta, change, from] = tensors as readonly [Tensor, Tensor, Tensor];
    const down = where(less(change, neg(tau)), add(theta, tau), from);
    return where(greater(change, tau), sub(theta, tau), down);
  });
}

/** The `rank`-th smallest of some numbers, counted from 1; stays on the device. */
function kthSmallest(values: Tensor, rank: number): Tensor1D {
  const fromTop = values.size - rank + 1;
  // The shorter of the two lists is the quicker one to sort.
  const isLow = rank < fromTop;
  const { values: sorted } = topk(isLow ? neg(values) : values, isLow ? rank : fromTop);
  const last = slice(sorted, (isLow ? rank : fromTop) - 1, 1) as Tensor1D;
  return isLow ? neg(last) : last;
}
