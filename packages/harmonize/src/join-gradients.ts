import { tidy, type Tensor } from "@tensorflow/tfjs-core";

import { LtuError, weightedSumParams, type Params } from "@ltu/core";

import { checkFinite, checkGradients } from "./check-gradients.ts";
import { layerGramians, sumOfGramians } from "./gram.ts";
import { layerSize, layersOf, scopes, type Layer, type Scope } from "./layers.ts";
import { cosineOf } from "./unit-gram.ts";

/** Gradients of one model, and how they lie to each other. */
export interface MeasuredGradients {
  readonly gradients: readonly Params[];
  /** The layers with their Gramians; a single one, `all`, with scope `global`. */
  readonly layers: readonly (Layer & { readonly gram: Float64Array })[];
  /** The Gramian over all parameters. */
  readonly gram: Float64Array;
}

/**
 * Checks gradients and takes their inner products; all that a rule may look at.
 *
 * @param gradients - By the label that messages give them; borrowed.
 */
export async function measureGradients(
  where: string,
  gradients: Readonly<Record<string, Params>>,
  scope: Scope,
): Promise<MeasuredGradients> {
  if (!scopes.includes(scope)) {
    throw new LtuError(
      "OPTION",
      `${where}: scope must be one of ${scopes.join(", ")}, found "${String(scope)}"; choose one of them.`,
    );
  }
  checkGradients(where, gradients);
  const trees = Object.values(gradients);
  const layers = layersOf(trees[0] as Params, scope);
  const grams = await layerGramians(trees, layers);
  const gram = sumOfGramians(grams);
  checkFinite(where, gram, Object.keys(gradients));
  return {
    gradients: trees,
    layers: layers.map((layer, l) => ({ ...layer, gram: grams[l] as Float64Array })),
    gram,
  };
}

/**
 * The sum of w_i g_i, with weights of its own for each layer.
 *
 * @param weights - One row of k weights a layer.
 * @returns The sum, with the names in the order of the first gradient; the caller disposes it.
 */
export function sumByLayer(
  { gradients, layers }: MeasuredGradients,
  weights: readonly ArrayLike<number>[],
): Params {
  return tidy(() => {
    const sums = layers.map(({ parameters }, l) =>
      weightedSumParams(
        gradients.map((gradient) => pick(gradient, parameters)),
        weights[l] as ArrayLike<number>,
      ),
    );
    return pick(Object.assign({}, ...sums) as Params, Object.keys(gradients[0] as Params));
  });
}

/** The mean weights over all scalars of the model; with one layer its weights as they are. */
export function meanWeights(
  { gradients, layers }: MeasuredGradients,
  weights: readonly ArrayLike<number>[],
): number[] {
  if (weights.length === 1) return Array.from(weights[0] as ArrayLike<number>);
  const sizes = layers.map((layer) => layerSize(gradients[0] as Params, layer));
  const all = sizes.reduce((total, size) => total + size, 0);
  return gradients.map((_, i) =>
    weights.reduce((total, row, l) => total + ((row[i] as number) * (sizes[l] as number)) / all, 0),
  );
}

/** Norms, cosines and whether a pair conflicts, from a Gramian. */
export function geometryOf(gram: Float64Array): {
  norms: number[];
  cosines: number[][];
  conflicted: boolean;
} {
  const count = Math.sqrt(gram.length);
  const norms = Array.from({ length: count }, (_, i) => Math.sqrt(gram[i * count + i] as number));
  const cosines = norms.map((norm, i) =>
    norms.map((other, j) => cosineOf(gram[i * count + j] as number, norm, other)),
  );
  return { norms, cosines, conflicted: gram.some((entry) => entry < 0) };
}

function pick(params: Params, names: readonly string[]): Params {
  return Object.fromEntries(names.map((name) => [name, params[name] as Tensor]));
}
