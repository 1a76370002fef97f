import type { Rng } from "@ltu/core";

/**
 * A random label for each sample, uniform over some classes, or over all of them but the true one.
 *
 * @param trueLabels - `[batch]`.
 * @param options - `choices`: the classes to draw from, at least one other than each true label where that is excluded.
 * @returns `[batch]`, each one of `choices`.
 */
export function randomLabels(
  trueLabels: Int32Array,
  {
    choices,
    excludeTrueLabel,
    rng,
  }: { readonly choices: readonly number[]; readonly excludeTrueLabel: boolean; readonly rng: Rng },
): Int32Array {
  return trueLabels.map((label) => {
    const allowed = excludeTrueLabel ? choices.filter((choice) => choice !== label) : choices;
    return allowed[rng.integer(allowed.length)] as number;
  });
}
