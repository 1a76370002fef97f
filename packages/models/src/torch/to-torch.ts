import { LtuError, type Model, type ModelWeights, type StoredTensor } from "@ltu/core";

import { toTorchOrder, torchLayout } from "./layout.ts";
import { torchName, type Naming } from "./naming.ts";

/** What PyTorch calls a state dict: tensors by name, in PyTorch's layout, as plain numbers. */
export type StateDict = Readonly<Record<string, StoredTensor>>;

/** Options of {@link toTorch}. */
export interface ToTorchOptions {
  /** Default `"torchvision"`. */
  readonly naming?: Naming;
  /**
   * Batches that the running statistics have seen: adds `num_batches_tracked` of each batch norm. PyTorch needs it only
   * for batch norms without momentum; `load_state_dict` takes files without it.
   */
  readonly batches?: number;
}

/**
 * Weights as the state dict of the same network in PyTorch: its names, its layout, sorted as `safetensors` sorts them,
 * so that `encodeSafetensors` writes the file that Python would.
 *
 * Normalisation is the first layer here and no part of a state dict: the PyTorch model takes normalised images.
 *
 * @param model - Whose weights these are.
 * @param weights - Borrowed.
 * @returns Copies of the numbers, bit by bit; nothing to dispose.
 * @throws LtuError `OPTION` for another naming and for weights that have no names of PyTorch (a user's LayersModel).
 */
export async function toTorch(
  model: Model,
  { params, stats }: ModelWeights,
  { naming = "torchvision", batches }: ToTorchOptions = {},
): Promise<StateDict> {
  const entries = await Promise.all(
    Object.entries({ ...params, ...stats }).map(async ([name, value]): Promise<[string, StoredTensor]> => {
      if (name.includes("/")) {
        throw new LtuError(
          "OPTION",
          `toTorch: weights must have names of PyTorch, found "${name}"; a LayersModel goes out by toLayersModel.`,
        );
      }
      const layout = torchLayout(model, name, value.shape);
      const data = toTorchOrder((await value.data()) as Float32Array, layout);
      return [torchName(name, naming), { dtype: "F32", shape: layout.shape, data }];
    }),
  );
  const counts = Object.keys(stats)
    .filter((name) => batches !== undefined && name.endsWith(".running_mean"))
    .map((name): [string, StoredTensor] => {
      const counted = torchName(name.replace(/running_mean$/, "num_batches_tracked"), naming);
      return [counted, { dtype: "I64", shape: [], data: BigInt64Array.of(BigInt(batches ?? 0)) }];
    });
  // Wider numbers first, then by name.
  const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
  return Object.fromEntries([...counts.sort(byName), ...entries.sort(byName)]);
}
