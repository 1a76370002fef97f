import { clone, dispose, type Tensor } from "@tensorflow/tfjs-core";

import { LtuError } from "./errors.ts";

/** A parameter tree: a plain record of tensors by name. The order of the names is the order of declaration. */
export type Params = Readonly<Record<string, Tensor>>;

/** Applies `f` to each tensor; the result has the same names in the same order. The caller owns what `f` made. */
export function mapParams(params: Params, f: (tensor: Tensor, name: string) => Tensor): Params {
  return Object.fromEntries(Object.entries(params).map(([name, tensor]) => [name, f(tensor, name)]));
}

/**
 * Applies `f` to the tensors of the same name in several trees.
 *
 * @throws LtuError `SHAPE` naming the first parameter that one of the trees lacks.
 */
export function zipParams(
  trees: readonly Params[],
  f: (tensors: readonly Tensor[], name: string) => Tensor,
): Params {
  const first = trees[0] ?? {};
  const names = Object.keys(first);
  trees.forEach((tree, position) => {
    const missing = names.find((name) => !(name in tree));
    const extra = Object.keys(tree).find((name) => !(name in first));
    if (missing !== undefined || extra !== undefined) {
      throw new LtuError(
        "SHAPE",
        `zipParams: all parameter trees need the same names; "${missing ?? extra}" is ${
          missing === undefined ? "only" : "missing"
        } in tree ${position}. Take all trees from the same model.`,
      );
    }
  });
  return Object.fromEntries(
    names.map((name) => [
      name,
      f(
        trees.map((tree) => tree[name] as Tensor),
        name,
      ),
    ]),
  );
}

/** A second handle on every tensor (no numbers are copied); the caller disposes it. */
export function cloneParams(params: Params): Params {
  return mapParams(params, (tensor) => clone(tensor));
}

/** Disposes every tensor of the tree. */
export function disposeParams(params: Params): void {
  dispose(Object.values(params));
}

/** The number of scalars in the tree. */
export function paramCount(params: Params): number {
  return Object.values(params).reduce((total, tensor) => total + tensor.size, 0);
}
