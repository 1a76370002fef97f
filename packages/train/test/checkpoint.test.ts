import { memory, tensor1d, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams } from "@ltu/core";

import { decodeCheckpoint, encodeCheckpoint, loadCheckpoint } from "../src/index.ts";

const fingerprint = { task: "train", rng: "1/fit" };

const written = async (): Promise<Uint8Array> => {
  const weights = { params: { w: tensor1d([0.1, -0]) }, stats: { "bn.running_mean": tensor1d([1 / 3]) } };
  const velocity = { w: tensor1d([1e-30, 2]) };
  const bytes = await encodeCheckpoint({ weights, velocity, cursor: { epoch: 2 } }, { fingerprint });
  [weights.params, weights.stats, velocity].forEach(disposeParams);
  return bytes;
};

describe("checkpoint", () => {
  it("holds weights, statistics, velocity and cursor, bit for bit", async () => {
    const { weights, velocity, cursor } = decodeCheckpoint<{ epoch: number }>(await written(), {
      fingerprint,
    });
    expect(cursor).toEqual({ epoch: 2 });
    expect(await (weights.params["w"] as Tensor).data()).toEqual(Float32Array.from([0.1, -0]));
    expect(await (weights.stats["bn.running_mean"] as Tensor).data()).toEqual(Float32Array.from([1 / 3]));
    expect(await (velocity["w"] as Tensor).data()).toEqual(Float32Array.from([1e-30, 2]));
    [weights.params, weights.stats, velocity].forEach(disposeParams);
  });

  it("refuses the checkpoint of another run and leaves no tensor of it", async () => {
    const bytes = await written();
    const before = memory().numTensors;
    expect(() => decodeCheckpoint(bytes, { fingerprint: { ...fingerprint, rng: "2/fit" } })).toThrow(
      /expected one of the run .*2\/fit.*found one of .*1\/fit/,
    );
    expect(memory().numTensors).toBe(before);
  });

  it("is nothing where nothing was saved", async () => {
    const empty = { load: () => Promise.resolve(undefined), save: () => Promise.resolve() };
    expect(await loadCheckpoint(empty, { fingerprint })).toBeUndefined();
    expect(await loadCheckpoint(undefined, { fingerprint })).toBeUndefined();
  });
});
