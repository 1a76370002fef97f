import { memory, tensor, tensor1d, type Tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeTensors, disposeParams, encodeTensors, type Params } from "../src/index.ts";

const bytesOf = async (value: Tensor): Promise<Uint8Array> => {
  const data = (await value.data()) as Float32Array;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
};

const written = async (): Promise<Uint8Array> => {
  const params = { "fc.weight": tensor([1, 2, 3, 4, 5, 6], [3, 2]), "fc.bias": tensor1d([7, 8]) };
  const bytes = await encodeTensors({ params, stats: {} }, { epoch: 3, losses: [0.1] });
  disposeParams(params);
  return bytes;
};

describe("encodeTensors", () => {
  it("lays the file out as safetensors: header length, JSON header, data at the stated offsets", async () => {
    const bytes = await written();
    const view = new DataView(bytes.buffer);
    const headerLength = Number(view.getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
    expect(headerLength % 8).toBe(0);
    expect(header["params/fc.weight"]).toEqual({ dtype: "F32", shape: [3, 2], data_offsets: [0, 24] });
    expect(header["params/fc.bias"]).toEqual({ dtype: "F32", shape: [2], data_offsets: [24, 32] });
    expect(view.getFloat32(8 + headerLength + 20, true)).toBe(6);
    expect(bytes.length).toBe(8 + headerLength + 32);
  });

  it("gives the same bytes for the same values", async () => {
    expect(await written()).toEqual(await written());
  });

  it("refuses a tree name with a slash and a dtype it cannot hold", async () => {
    const text = tensor(["a"]);
    await expect(encodeTensors({ "a/b": {} }, {})).rejects.toMatchObject({ code: "OPTION" });
    await expect(encodeTensors({ a: { text } }, {})).rejects.toThrow(
      /float32, int32 or bool; "a\/text" is string/,
    );
    text.dispose();
  });
});

describe("decodeTensors", () => {
  it("gives back trees, names, shapes, dtypes and metadata, empty trees too", async () => {
    const params = {
      "conv1/kernel": tensor([1, 2, 3, 4], [2, 2, 1]),
      steps: tensor([3], [], "int32"),
      mask: tensor1d([true, false, true], "bool"),
      none: tensor([], [0, 2]),
    };
    const { trees, metadata } = decodeTensors(
      await encodeTensors({ params, stats: {} }, { a: ["x", 1, null] }),
    );
    expect(metadata).toEqual({ a: ["x", 1, null] });
    expect(Object.keys(trees)).toEqual(["params", "stats"]);
    const got = trees["params"] as Params;
    for (const [name, value] of Object.entries(params)) {
      expect(got[name]).toMatchObject({ shape: value.shape, dtype: value.dtype });
      expect(await bytesOf(got[name] as Tensor)).toEqual(await bytesOf(value));
    }
    disposeParams(params);
    disposeParams(got);
  });

  it("keeps every bit of a float32, not-a-numbers and signed zeros included", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 4, maxLength: 64 }), async (raw) => {
        const value = tensor1d(new Float32Array(raw.slice(0, raw.length - (raw.length % 4)).buffer));
        const { trees } = decodeTensors(await encodeTensors({ p: { value } }, {}));
        const got = (trees["p"] as Params)["value"] as Tensor;
        expect(await bytesOf(got)).toEqual(await bytesOf(value));
        value.dispose();
        got.dispose();
      }),
      { numRuns: 50 },
    );
  });

  it("reads bytes that start at an odd address of their buffer", async () => {
    const bytes = await written();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const { trees } = decodeTensors(shifted.subarray(3));
    const params = trees["params"] as Params;
    expect(Array.from(await (params["fc.bias"] as Tensor).data())).toEqual([7, 8]);
    disposeParams(params);
  });

  it("reads a Buffer, as Node reads files, and leaves it as it was", async () => {
    const bytes = await written();
    const buffer = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
    for (let time = 0; time < 2; time++) {
      const params = decodeTensors(buffer).trees["params"] as Params;
      expect(Array.from(await (params["fc.bias"] as Tensor).data())).toEqual([7, 8]);
      disposeParams(params);
    }
    expect(new Uint8Array(buffer)).toEqual(bytes);
  });

  it("refuses a file cut anywhere and a file with any byte changed, in one sentence, leaving no tensor", async () => {
    const bytes = await written();
    const tensors = memory().numTensors;
    const refuses = (damagedBytes: Uint8Array): void => {
      expect(() => decodeTensors(damagedBytes)).toThrow(
        /^decodeTensors: the file is damaged.*make it again\.$/,
      );
    };
    for (let length = 0; length < bytes.length; length += 7) refuses(bytes.slice(0, length));
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ 1;
      refuses(changed);
    }
    refuses(new TextEncoder().encode("x".repeat(500)));
    expect(memory().numTensors).toBe(tensors);
  });
});
