import { gramian, weightedSumParams, type Params } from "@ltu/core";

import { checkFinite, checkGradients } from "./check-gradients.ts";

/**
 * How much of `other` to add to a gradient so that it no longer points against it.
 *
 * -<g, other> / |other|^2 where <g, other> is negative, else 0. No constant is added below the line, so the
 * result is scale-free; a zero gradient has no inner product and is never divided by.
 *
 * @param dot - <g, other>, float64.
 * @param otherSquaredNorm - |other|^2, float64.
 */
export function conflictCoefficient(dot: number, otherSquaredNorm: number): number {
  return dot < 0 ? -dot / otherSquaredNorm : 0;
}

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
  checkGradients("project", { gradient, other });
  const gram = await gramian([gradient, other]);
  checkFinite("project", gram, ["gradient", "other"]);
  return weightedSumParams([gradient, other], [1, conflictCoefficient(gram[1] as number, gram[3] as number)]);
}
