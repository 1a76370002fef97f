import type { Rng } from "@ltu/core";

/** How random labels are drawn. */
export interface DrawLabelsOptions {
  /** The number of classes of the data. */
  readonly classes: number;
  /** Draw only wrong labels. */
  readonly excludeTrueLabel: boolean;
  readonly rng: Rng;
}

/**
 * One random label for each of `count` samples: uniform over all classes, or over all but the true one.
 *
 * @returns From a sample's position and its true label to the drawn one; the same answer each time it is asked.
 */
export function drawLabels(
  count: number,
  { classes, excludeTrueLabel, rng }: DrawLabelsOptions,
): (position: number, trueLabel: number) => number {
  const draws = Int32Array.from({ length: count }, () =>
    rng.integer(excludeTrueLabel ? classes - 1 : classes),
  );
  return (position, trueLabel) => {
    const draw = draws[position] as number;
    return excludeTrueLabel ? (trueLabel + 1 + draw) % classes : draw;
  };
}
