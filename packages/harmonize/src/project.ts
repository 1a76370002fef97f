import type { Params } from "@ltu/core";

import { conflictCoefficient } from "./conflict-coefficient.ts";
import { measureGradients, sumByLayer } from "./join-gradients.ts";

/**
 * Removes from a gradient the component that points against another one; without conflict it stays as it is.
 *
 * g' = g - (<g, other> / |other|^2) other if <g, other> is negative, else g' = g.
 *
 * @param gradient - Borrowed.
 * @param other - Borrowed; the same names and shapes.
 * @returns g'; the caller disposes it.
 * @throws LtuError `SHAPE` for trees that do not fit together, `DIVERGED` for entries that are not finite.
 *
 * Source: Tianhe Yu et al., "Gradient Surgery for Multi-Task Learning", 2020, Algorithm 1.
 */
export async function project(gradient: Params, other: Params): Promise<Params> {
  const measured = await measureGradients("project", { gradient, other }, "global");
  const [, dot, , otherSquared] = measured.gram as unknown as [number, number, number, number];
  return sumByLayer(measured, [[1, conflictCoefficient(dot, otherSquared)]]);
}
