import type { SearchGrid } from "@ltu/baselines";

/**
 * Where LTU's options are searched when it is compared with baselines that were: rate, weight of the anchor and bound of
 * the forgetting gradient, around its set `initial`. Nothing is published for it; the range is ours.
 */
export const ltuGrid: SearchGrid = {
  factory: "ltu",
  published: "none",
  source: "no range of LTU's is public; around the set initial of @ltu/unlearn",
  fixed: {},
  ranges: {
    outerLr: { scale: "log", from: 1e-3, to: 2e-2 },
    anchorWeight: { scale: "log", from: 1, to: 8 },
    forgetNormCap: { scale: "log", from: 0.05, to: 0.8 },
  },
};
