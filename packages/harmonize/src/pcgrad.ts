import { LtuError, type Rng } from "@ltu/core";

import { checkOptionNames } from "./check-options.ts";
import { conflictCoefficient } from "./conflict-coefficient.ts";
import { gramRows } from "./unit-gram.ts";

/** Options of {@link pcgrad}. */
export interface PcgradOptions {
  /** In which order a gradient meets the others; default `"random"`, as published, which needs `rng`. */
  readonly order?: "random" | "ascending" | "descending" | undefined;
  /** Where the random orders come from: gradient i takes `rng.split(i)`, so one stream gives the same orders again. */
  readonly rng?: Rng | undefined;
}

const orders = ["random", "ascending", "descending"] as const;

/**
 * PCGrad, gradient surgery: each gradient loses, one after the other, its components against the original others.
 *
 * For each i: g = g_i; for j in order, j != i: if <g, g_j> < 0 then g = g - (<g, g_j> / |g_j|^2) g_j. The result is
 * the sum over i. With two gradients the order does not matter: it is the mode `both` of `harmonize`.
 *
 * @param gram - `[k, k]` row-major, float64: <g_i, g_j>.
 * @returns The weights of the k gradients.
 * @throws LtuError `OPTION` for an unknown order, or for random orders without `rng`.
 *
 * Source: Tianhe Yu et al., "Gradient Surgery for Multi-Task Learning", NeurIPS 2020, Algorithm 1; TorchJD,
 * `aggregation/_pcgrad.py`, commit 46962c2. *Differs*: the order comes from the call, not from a global generator.
 *
 * @example
 * ```ts
 * import { pcgrad } from "@ltu/harmonize";
 *
 * console.log(pcgrad([1, -1, -1, 2], { order: "ascending" })); // → [ 2, 1.5 ]
 * ```
 */
export function pcgrad(gram: ArrayLike<number>, options: PcgradOptions = {}): number[] {
  checkOptionNames("pcgrad", options, ["order", "rng"]);
  const { order = "random", rng } = options;
  if (!orders.includes(order)) {
    throw new LtuError(
      "OPTION",
      `pcgrad: order must be one of ${orders.join(", ")}, found "${String(order)}"; choose one of them.`,
    );
  }
  if ((order === "random") !== (rng !== undefined)) {
    throw new LtuError(
      "OPTION",
      rng === undefined
        ? "pcgrad: random orders need rng, found none; give a stream (createRng of @ltu/core), or a fixed order."
        : `pcgrad: rng belongs to order "random", found it with "${order}"; leave one of them out.`,
    );
  }
  const rows = gramRows("pcgrad", gram);
  const total = rows.map(() => 0);
  rows.forEach((_, i) => {
    const weights = rows.map((__, j): number => (j === i ? 1 : 0));
    for (const j of visits(rows.length, order, rng?.split(i))) {
      if (j === i) continue;
      const row = rows[j] as number[];
      const dot = weights.reduce((sum, weight, l) => sum + weight * (row[l] as number), 0);
      weights[j] = (weights[j] as number) + conflictCoefficient(dot, row[j] as number);
    }
    weights.forEach((weight, j) => (total[j] = (total[j] as number) + weight));
  });
  return total;
}

function visits(count: number, order: (typeof orders)[number], rng: Rng | undefined): number[] {
  if (rng !== undefined) return Array.from(rng.permutation(count));
  const ascending = Array.from({ length: count }, (_, j) => j);
  return order === "descending" ? ascending.reverse() : ascending;
}
