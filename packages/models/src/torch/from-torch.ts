import { tensor, type Tensor } from "@tensorflow/tfjs-core";

import {
  disposeParams,
  LtuError,
  mapParams,
  type Model,
  type ModelWeights,
  type Params,
  type Rng,
  type StoredTensor,
} from "@ltu/core";

import { float32Of } from "./float32-of.ts";
import { fromTorchOrder, torchLayout } from "./layout.ts";
import { torchName, type Naming } from "./naming.ts";
import type { StateDict } from "./to-torch.ts";

/** Options of {@link fromTorch}. */
export interface FromTorchOptions {
  /** Default `"torchvision"`. */
  readonly naming?: Naming;
  /** Names of the file that are no weights of the model, such as `normalize.mean`; left out. */
  readonly ignore?: readonly string[];
}

/**
 * The state dict of a PyTorch model as weights of the same model here: each name once, in this package's layout.
 * `num_batches_tracked` is not needed and left out. Half precision (`F16`, `BF16`) becomes float32 exactly.
 *
 * @returns Weights in the model's order; the caller disposes them.
 * @throws LtuError `DATA` for a name that is missing or not known, and numbers of another type; `SHAPE` for another
 *   shape; `OPTION` for another naming.
 */
export function fromTorch(
  model: Model,
  state: StateDict,
  { naming = "torchvision", ignore = [] }: FromTorchOptions = {},
): ModelWeights {
  const { params, stats } = model.init(still);
  try {
    const wanted = new Map(
      Object.keys({ ...params, ...stats }).map((name) => [torchName(name, naming), name]),
    );
    const known = (name: string): boolean =>
      wanted.has(name) || ignore.includes(name) || name.endsWith(".num_batches_tracked");
    const unexpected = Object.keys(state).find((name) => !known(name));
    const missing = [...wanted.keys()].find((name) => !(name in state));
    if (missing !== undefined || unexpected !== undefined) {
      throw new LtuError(
        "DATA",
        `fromTorch: the state dict must have the weights of ${model.name}, found ${[
          ...(missing === undefined ? [] : [`none called "${missing}"`]),
          ...(unexpected === undefined ? [] : [`one called "${unexpected}" that it does not have`]),
        ].join(" and ")}; choose the model and the naming it was saved from, and ignore what is no weight.`,
      );
    }
    const checked = Object.fromEntries(
      [...wanted].map(([name, own]) => [
        own,
        numbersOf(model, own, name, { state, shape: ({ ...params, ...stats }[own] as Tensor).shape }),
      ]),
    );
    const read = (tree: Params): Params =>
      mapParams(tree, (value, name) => tensor(checked[name] as Float32Array, value.shape, "float32"));
    return { params: read(params), stats: read(stats) };
  } finally {
    [params, stats].forEach(disposeParams);
  }
}

/** A parameter's numbers in this package's order, after its shape was compared. */
function numbersOf(
  model: Model,
  own: string,
  name: string,
  { state, shape }: { readonly state: StateDict; readonly shape: readonly number[] },
): Float32Array {
  const found = state[name] as StoredTensor;
  const layout = torchLayout(model, own, shape);
  if (found.shape.join() !== layout.shape.join()) {
    throw new LtuError(
      "SHAPE",
      `fromTorch: "${name}" of ${model.name} must have shape [${layout.shape.join(", ")}] in PyTorch, found [${found.shape.join(", ")}]; make the model with the options it was saved with.`,
    );
  }
  return fromTorchOrder(float32Of(name, found), layout);
}

/** A stream without draws: the weights are drawn for their names and shapes alone. */
const still: Rng = {
  key: "still",
  split: () => still,
  uniform: () => 0.5,
  integer: () => 0,
  normal: () => 0,
  normals: (length) => new Float32Array(length),
  permutation: (length) => Int32Array.from({ length }, (_, i) => i),
  choice: (values, count) => values.slice(0, count),
};
