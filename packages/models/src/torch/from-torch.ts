import { tensor } from "@tensorflow/tfjs-core";

import { LtuError, type Model, type ModelWeights, type Params, type StoredTensor } from "@ltu/core";

import { weightShapes, type WeightShapes } from "../weight-shapes.ts";
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
  const { params, stats } = weightShapes(model);
  const shapes = new Map([...params, ...stats]);
  const wanted = new Set([...shapes.keys()].map((name) => torchName(name, naming)));
  const known = (name: string): boolean =>
    wanted.has(name) || ignore.includes(name) || name.endsWith(".num_batches_tracked");
  const unexpected = Object.keys(state).find((name) => !known(name));
  const missing = [...wanted].find((name) => !(name in state));
  if (missing !== undefined || unexpected !== undefined) {
    throw new LtuError(
      "DATA",
      `fromTorch: the state dict must have the weights of ${model.name}, found ${[
        ...(missing === undefined ? [] : [`none called "${missing}"`]),
        ...(unexpected === undefined ? [] : [`one called "${unexpected}" that it does not have`]),
      ].join(" and ")}; choose the model and the naming it was saved from, and ignore what is no weight.`,
    );
  }
  // All numbers first, so that no tensor is there when one of them is refused.
  const numbers = new Map(
    [...shapes].map(([name, shape]) => [name, numbersOf(model, name, { shape, state, naming })]),
  );
  const read = (tree: WeightShapes["params"]): Params =>
    Object.fromEntries(
      [...tree].map(([name, shape]) => [
        name,
        tensor(numbers.get(name) as Float32Array, [...shape], "float32"),
      ]),
    );
  return { params: read(params), stats: read(stats) };
}

/** A parameter's numbers in this package's order, after its shape was compared. */
function numbersOf(
  model: Model,
  name: string,
  {
    shape,
    state,
    naming,
  }: { readonly shape: readonly number[]; readonly state: StateDict; readonly naming: Naming },
): Float32Array {
  const there = torchName(name, naming);
  const found = state[there] as StoredTensor;
  const layout = torchLayout(model, name, shape);
  if (found.shape.join() !== layout.shape.join()) {
    throw new LtuError(
      "SHAPE",
      `fromTorch: "${there}" of ${model.name} must have shape [${layout.shape.join(", ")}] in PyTorch, found [${found.shape.join(", ")}]; make the model with the options it was saved with.`,
    );
  }
  return fromTorchOrder(float32Of(there, found), layout);
}
