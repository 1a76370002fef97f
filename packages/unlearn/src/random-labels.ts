import type { Rng } from "@ltu/core";

/**
 * A random label for each sample, uniform over all classes, or over all but the true one.
 *
 * @param trueLabels - `[batch]`.
 * @returns `[batch]`, in [0, classes).
 */
export function randomLabels(
  trueLabels: Int32Array,
  {
    classes,
    excludeTrueLabel,
    rng,
  }: { readonly classes: number; readonly excludeTrueLabel: boolean; readonly rng: Rng },
): Int32Array {
  return trueLabels.map((label) => {
    if (!excludeTrueLabel) return rng.integer(classes);
    const drawn = rng.integer(classes - 1);
    return drawn < label ? drawn : drawn + 1;
  });
}
