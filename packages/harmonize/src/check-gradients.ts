import { LtuError, paramCount, type Params } from "@ltu/core";

/** Refuses gradients that are empty or differ in names or shapes. */
export function checkGradients(where: string, gradients: Readonly<Record<string, Params>>): void {
  const { the, all } = wordsFor(Object.keys(gradients).length);
  const [[firstLabel, first], ...others] = Object.entries(gradients) as [
    [string, Params],
    ...[string, Params][],
  ];
  if (paramCount(first) === 0) {
    throw new LtuError(
      "SHAPE",
      `${where}: the gradients need at least one parameter; ${firstLabel} has none. Compute ${all} with the same model.`,
    );
  }
  for (const [label, tree] of others) {
    for (const [here, there, lacking] of [
      [first, tree, label],
      [tree, first, firstLabel],
    ] as const) {
      const missing = Object.keys(here).find((name) => !Object.hasOwn(there, name));
      if (missing !== undefined) {
        throw new LtuError(
          "SHAPE",
          `${where}: ${the} need the same parameter names; "${missing}" is missing in ${lacking}. Compute ${all} with the same model.`,
        );
      }
    }
    for (const [name, tensor] of Object.entries(first)) {
      const otherShape = tree[name]?.shape ?? [];
      if (tensor.shape.join() !== otherShape.join()) {
        throw new LtuError(
          "SHAPE",
          `${where}: "${name}" needs one shape in ${all} gradients; it has [${tensor.shape.join(", ")}] in ${firstLabel} and [${otherShape.join(", ")}] in ${label}. Compute ${all} with the same model.`,
        );
      }
    }
  }
}

/** Refuses a Gramian with entries that are not finite, and names the gradient that caused them. */
export function checkFinite(where: string, gram: Float64Array, labels: readonly string[]): void {
  const { all } = wordsFor(labels.length);
  const bad = labels.find((_, i) => !Number.isFinite(gram[i * labels.length + i]));
  if (bad !== undefined) {
    throw new LtuError(
      "DIVERGED",
      `${where}: ${all} gradients must be finite; ${bad} holds NaN or infinity. Lower the step sizes, or look at the loss it came from.`,
    );
  }
}

function wordsFor(count: number): { the: string; all: string } {
  return count === 2 ? { the: "the two gradients", all: "both" } : { the: "all gradients", all: "all" };
}
