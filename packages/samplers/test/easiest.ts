import { LtuError } from "@ltu/core";
import type { Sampler } from "@ltu/samplers";

/** Takes the samples of lowest loss. */
export const easiest: Sampler = (candidates, count, { statistics: { losses } }) => {
  if (losses === undefined || !(count >= 0 && count <= candidates.length && Number.isInteger(count))) {
    const found = `${count} of ${candidates.length}`;
    throw new LtuError("OPTION", `easiest: needs losses and enough candidates, found ${found}; give more.`);
  }
  return candidates.toSorted((a, b) => (losses[a] ?? 0) - (losses[b] ?? 0)).slice(0, count);
};
