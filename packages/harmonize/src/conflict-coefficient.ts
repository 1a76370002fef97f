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
  return dot < 0 && otherSquaredNorm > 0 ? -dot / otherSquaredNorm : 0;
}
