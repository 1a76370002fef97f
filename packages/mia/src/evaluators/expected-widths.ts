import { tInterval } from "@ltu/metrics";

/** How precise an audit can be, before anything is trained. Widths of 95 % intervals where there is nothing to find. */
export interface ExpectedWidths {
  /**
   * Width of the interval of mu_member - mu_other of one sample, in standard deviations of phi; `undefined` where one side
   * has no models. Half of it is about the smallest difference that shows in one sample.
   */
  readonly meanGapWidth: number | undefined;
  /** Width of the interval of the AUC over the targets of one audited model, half of them on each side. */
  readonly aucWidth: number;
  /** The smallest false positive rate above 0 that half of the targets can resolve. */
  readonly smallestFpr: number;
}

/**
 * meanGapWidth = 2 t_{a+b-2} sqrt(1/a + 1/b) for a and b models;  aucWidth = 2 * 1.96 sqrt((m + n + 1) / (12 m n))
 *
 * @param counts - `member`, `other`: models on either side of an image. `targets`: images, half of them on each side.
 *
 * Source: Student's two-sample interval with equal variances; Mann and Whitney, 1947 (variance without a difference).
 *
 * @example
 * ```ts
 * import { expectedWidths } from "@ltu/mia/evaluators";
 *
 * const { meanGapWidth, smallestFpr } = expectedWidths({ member: 32, other: 32, targets: 200 });
 * console.log(meanGapWidth?.toFixed(2), smallestFpr); // → 1.00 0.01
 * ```
 */
export function expectedWidths({
  member,
  other,
  targets,
}: {
  readonly member: number;
  readonly other: number;
  readonly targets: number;
}): ExpectedWidths {
  const [m, n] = [Math.ceil(targets / 2), Math.floor(targets / 2)];
  return {
    meanGapWidth: gapWidth(member, other),
    aucWidth: 2 * 1.96 * Math.sqrt((m + n + 1) / (12 * m * n)),
    smallestFpr: 1 / n,
  };
}

function gapWidth(member: number, other: number): number | undefined {
  if (member === 0 || other === 0 || member + other < 3) return undefined;
  // The quantile alone is wanted: an interval over a + b - 1 runs has the a + b - 2 degrees of freedom.
  const runs = tInterval(Array.from({ length: member + other - 1 }, () => 0));
  return "reason" in runs ? undefined : 2 * runs.tQuantile * Math.sqrt(1 / member + 1 / other);
}
