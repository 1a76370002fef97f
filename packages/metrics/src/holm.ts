/**
 * Holm's correction of p-values for several comparisons at once: the chance of even one false finding stays below the
 * level that the corrected values are compared with.
 *
 * sorted p_(1) <= ... <= p_(m):   adjusted p_(i) = max over j <= i of min(1, (m - j + 1) p_(j))
 *
 * @param pValues - One for each comparison made, the uninteresting ones too.
 * @returns The corrected values in the order given.
 * @throws RangeError when a value is not from 0 to 1.
 *
 * Source: Holm, A simple sequentially rejective multiple test procedure, 1979.
 *
 * @example
 * ```ts
 * import { holm } from "@ltu/metrics";
 *
 * console.log(holm([0.01, 0.04, 0.03]).map((p) => p.toFixed(2)).join(" ")); // → 0.03 0.06 0.06
 * ```
 */
export function holm(pValues: readonly number[]): number[] {
  const wrong = pValues.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) {
    throw new RangeError(
      `holm: p-values must be from 0 to 1, found ${wrong}; leave out comparisons without one.`,
    );
  }
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = pValues.slice();
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * (pValues[i] as number)));
    adjusted[i] = largest;
  });
  return adjusted;
}
