import { LtuError, type IndexSet, type Rng } from "@ltu/core";

import { checkTrainSet } from "./check-forget-request.ts";

/** Options of {@link requestStream}. */
export interface RequestStreamOptions {
  /** Images of each request, one number for each. */
  readonly sizes: readonly number[];
  readonly rng: Rng;
}

/** One request of a stream. */
export interface ForgetRequest {
  /** What this request asks to forget. */
  readonly request: IndexSet;
  /** What this request and all before it asked to forget: the forget set the oracle is retrained without. */
  readonly cumulative: IndexSet;
}

/**
 * Requests to forget that arrive one after another: disjoint, each uniform from what the ones before it left.
 *
 * @returns One entry for each size, in order of arrival; positions are sorted. A stream with more requests and the same
 * `rng` begins with the shorter stream.
 * @throws LtuError `OPTION` when a request is empty or the training set would be used up.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { requestStream } from "@ltu/datasets";
 *
 * const trainSet = Int32Array.from({ length: 100 }, (_, i) => i);
 * const stream = requestStream(trainSet, { sizes: [5, 5, 10], rng: createRng(1) });
 * console.log(stream.map(({ request, cumulative }) => `${request.length} of ${cumulative.length}`).join(", "));
 * // → 5 of 5, 5 of 10, 10 of 20
 * ```
 */
export function requestStream(
  trainSet: IndexSet,
  { sizes, rng }: RequestStreamOptions,
): readonly ForgetRequest[] {
  checkTrainSet("requestStream", trainSet);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const wrong = sizes.find((size) => !Number.isSafeInteger(size) || size < 1);
  if (sizes.length === 0 || wrong !== undefined || total >= trainSet.length) {
    throw new LtuError(
      "OPTION",
      `requestStream: sizes must be whole numbers of at least 1 that add up to less than the ${trainSet.length} training images, found ${wrong ?? (sizes.length === 0 ? "none" : `a sum of ${total}`)}; ask for other sizes.`,
    );
  }
  // Drawn from the sorted set: the same images whatever the order of trainSet.
  const order = rng.choice(trainSet.slice().sort(), total);
  let end = 0;
  return sizes.map((size) => {
    const start = end;
    end += size;
    return { request: order.slice(start, end).sort(), cumulative: order.slice(0, end).sort() };
  });
}
