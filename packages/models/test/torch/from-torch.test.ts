import { describe, expect, it } from "vitest";

import {
  decodeSafetensors,
  disposeParams,
  encodeSafetensors,
  isLtuError,
  type ModelWeights,
  type StoredTensor,
} from "@ltu/core";

import { mlp } from "../../src/index.ts";
import { fromTorch, toTorch, type FromTorchOptions, type StateDict } from "../../src/torch/index.ts";
import { bytesOf, networks } from "./read-vectors.ts";

const resnet = networks.resnet18;
const state = (): Record<string, StoredTensor> => ({ ...decodeSafetensors(bytesOf("resnet18")).tensors });
const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

/** The one sentence with which a state dict is refused. */
function refusal(from: StateDict, options?: FromTorchOptions): string {
  try {
    dispose(fromTorch(resnet, from, options));
  } catch (error) {
    if (isLtuError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return "taken";
}

describe("fromTorch and toTorch", () => {
  it.each(Object.entries(networks))("give the file of Python back byte for byte: %s", async (name, model) => {
    const bytes = bytesOf(name);
    const { tensors, metadata } = decodeSafetensors(bytes);
    const weights = fromTorch(model, tensors);
    const again = await toTorch(model, weights, { batches: 3 });
    expect(Buffer.from(encodeSafetensors({ tensors: again, metadata })).equals(Buffer.from(bytes))).toBe(
      true,
    );
    dispose(weights);
  });

  it("turn kernels and linear weights: a number that a reader can follow", async () => {
    const weights = fromTorch(resnet, state());
    const kernel = weights.params["conv1.weight"]!;
    const there = state()["conv1.weight"]!;
    expect([kernel.shape, there.shape]).toEqual([
      [3, 3, 3, 4],
      [4, 3, 3, 3],
    ]);
    const [mine, theirs] = [await kernel.data(), there.data];
    // Row 2, column 0, channel 1, filter 3.
    expect(mine[((2 * 3 + 0) * 3 + 1) * 4 + 3]).toBe(theirs[((3 * 3 + 1) * 3 + 2) * 3 + 0]);
    dispose(weights);
  });

  it("read the first layer of mlp as PyTorch flattens images, channel by channel", async () => {
    const model = mlp({ inputShape: [1, 2, 2], classes: 2, hidden: [] });
    const weights = fromTorch(model, {
      "fc1.weight": { dtype: "F32", shape: [2, 4], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
      "fc1.bias": { dtype: "F32", shape: [2], data: new Float32Array(2) },
    });
    // Inputs there: red left, red right, green left, green right. Here: red left, green left, red right, green right.
    expect([...(await weights.params["fc1.weight"]!.data())]).toEqual([1, 5, 3, 7, 2, 6, 4, 8]);
    expect([...(await toTorch(model, weights))["fc1.weight"]!.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    dispose(weights);
  });

  it("speak the names of kuangliu/pytorch-cifar as well", async () => {
    const weights = fromTorch(resnet, state());
    const theirs = await toTorch(resnet, weights, { naming: "kuangliu" });
    expect(Object.keys(theirs)).toContain("layer2.0.shortcut.1.running_var");
    expect(Object.keys(theirs)).toContain("linear.bias");
    expect(Object.keys(theirs).filter((name) => /fc|downsample|num_batches/.test(name))).toEqual([]);
    const back = fromTorch(resnet, theirs, { naming: "kuangliu" });
    expect(await back.params["fc.weight"]!.data()).toEqual(await weights.params["fc.weight"]!.data());
    [weights, back].forEach(dispose);
    expect(refusal(theirs)).toMatch(/^DATA .*none called "layer2.0.downsample.0.weight" and one called/);
    expect(refusal(theirs, { naming: "mine" as "kuangliu" })).toMatch(/^OPTION .*found mine/);
  });

  it("read half precision exactly", async () => {
    const halves = {
      dtype: "F16",
      shape: [5],
      data: Uint16Array.of(0x3e00, 0xc000, 0x0001, 0x8000, 0x7c00),
    } as const;
    const brains = {
      dtype: "BF16",
      shape: [5],
      data: Uint16Array.of(0x3fc0, 0xc000, 0x0001, 0x8000, 0xff80),
    } as const;
    const bias = async (stored: StoredTensor): Promise<number[]> => {
      const weights = fromTorch(resnet, { ...state(), "fc.bias": stored });
      const numbers = [...(await weights.params["fc.bias"]!.data())];
      dispose(weights);
      return numbers;
    };
    expect(await bias(halves)).toEqual([1.5, -2, 2 ** -24, -0, Infinity]);
    expect(await bias(brains)).toEqual([1.5, -2, 2 ** -133, -0, -Infinity]);
  });

  it("refuse in one sentence what is missing, unexpected, of another shape or another type", () => {
    const { "fc.bias": bias, ...without } = state();
    expect(refusal(without)).toMatch(/^DATA fromTorch: .*resnet18, found none called "fc.bias"; choose/);
    const more = { ...state(), "normalize.mean": bias! };
    expect(refusal(more)).toMatch(/^DATA .*found one called "normalize.mean" that it does not have; choose/);
    expect(refusal(more, { ignore: ["normalize.mean"] })).toBe("taken");
    const wide = { dtype: "F32", shape: [1, 5], data: new Float32Array(5) } as const;
    expect(refusal({ ...state(), "fc.bias": wide })).toMatch(
      /^SHAPE fromTorch: "fc.bias" of resnet18 must have shape \[5\] in PyTorch, found \[1, 5\]; make/,
    );
    const double = { dtype: "F64", shape: [5], data: new Float64Array(5) } as const;
    expect(refusal({ ...state(), "fc.bias": double })).toMatch(
      /^DATA fromTorch: "fc.bias" must be of type F32, F16 or BF16, found F64; save/,
    );
  });

  it("refuse weights that have no names of PyTorch", async () => {
    const weights = fromTorch(resnet, state());
    const renamed = { params: { "fc/kernel": weights.params["fc.weight"]! }, stats: {} };
    await expect(toTorch(resnet, renamed)).rejects.toThrow(/found "fc\/kernel"; a LayersModel goes out by/);
    dispose(weights);
  });
});
