/**
 * A series with one number a step as the means over its epochs, for curves.
 *
 * @param series - Length a multiple of `epochs`.
 * @returns `epochs` numbers, or none for an empty series.
 *
 * @example
 * ```ts
 * import { epochMeans } from "@ltu/train";
 *
 * console.log(epochMeans([4, 2, 1, 1], 2)); // → [ 3, 1 ]
 * ```
 */
export function epochMeans(series: readonly number[], epochs: number): number[] {
  if (series.length === 0) return [];
  const steps = series.length / epochs;
  return Array.from({ length: epochs }, (_, epoch) => {
    const part = series.slice(Math.round(epoch * steps), Math.round((epoch + 1) * steps));
    return part.reduce((total, value) => total + value, 0) / part.length;
  });
}
