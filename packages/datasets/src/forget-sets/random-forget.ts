import { LtuError, type IndexSet, type Rng } from "@ltu/core";

import { checkTrainSet } from "./check-forget-request.ts";

/** Options of {@link randomForget}. */
export interface RandomForgetOptions {
  readonly rng: Rng;
}

/**
 * A forget set drawn uniformly without replacement from the training set, over all classes together.
 *
 * @param forget - Below 1 a share of the training set (rounded to whole images), from 1 on a number of images.
 * @returns Sorted positions. With the same stream a smaller forget set is part of a larger one.
 * @throws LtuError `OPTION` when nothing would be forgotten, or nothing retained.
 *
 * Source: as in OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/dataset.py`.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { randomForget } from "@ltu/datasets";
 *
 * const trainSet = Int32Array.from({ length: 50 }, (_, i) => i);
 * console.log(randomForget(trainSet, 0.1, { rng: createRng(1) }).length); // → 5
 * ```
 */
export function randomForget(trainSet: IndexSet, forget: number, { rng }: RandomForgetOptions): IndexSet {
  checkTrainSet("randomForget", trainSet);
  const count = forget > 0 && forget < 1 ? Math.round(forget * trainSet.length) : forget;
  if (!Number.isSafeInteger(count) || count < 1 || count >= trainSet.length) {
    throw new LtuError(
      "OPTION",
      `randomForget: the forget set must hold at least 1 and fewer than all ${trainSet.length} training images, found ${forget}${count === forget ? "" : ` (${count} images)`}; give a share between 0 and 1 or a whole number from 1 to ${trainSet.length - 1}.`,
    );
  }
  // Drawn from the sorted set: the same images whatever the order of trainSet.
  return rng.choice(trainSet.slice().sort(), count).sort();
}
