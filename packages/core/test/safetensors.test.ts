import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeSafetensors, encodeSafetensors, encodeTensors, type StoredTensor } from "../src/index.ts";

// safetensors 0.8.0 of Python: save({"fc.bias": tensor([0.5, -1.0]), "fc.weight": tensor([[1., 2.], [3., 4.]]),
// "bn.num_batches_tracked": tensor(3), "half": tensor([1.5, -2.], dtype=float16), "b": tensor([1.5], dtype=bfloat16),
// "m": tensor([True, False])}, metadata={"format": "pt"})
const python = Uint8Array.from(
  Buffer.from(
    "kAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJibi5udW1fYmF0Y2hlc190cmFja2VkIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOltdLCJkYXRhX29mZnNldHMiOlswLDhdfSwiZmMuYmlhcyI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzgsMTZdfSwiZmMud2VpZ2h0Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDJdLCJkYXRhX29mZnNldHMiOlsxNiwzMl19LCJiIjp7ImR0eXBlIjoiQkYxNiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzMyLDM0XX0sImhhbGYiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlszNCwzOF19LCJtIjp7ImR0eXBlIjoiQk9PTCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzM4LDQwXX19AwAAAAAAAAAAAAA/AACAvwAAgD8AAABAAABAQAAAgEDAPwA+AMABAA==",
    "base64",
  ),
);

const damaged = /^decodeSafetensors: the file is damaged or of another kind: expected .*, found .*; fetch it/;

/** A file with that header and as many zero bytes. */
function fileOf(header: string, length: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

describe("safetensors", () => {
  it("reads the file that Python writes, and writes it byte for byte", () => {
    const file = decodeSafetensors(python);
    expect(file.metadata).toEqual({ format: "pt" });
    expect(file.tensors["fc.weight"]).toEqual({
      dtype: "F32",
      shape: [2, 2],
      data: Float32Array.of(1, 2, 3, 4),
    });
    expect(file.tensors["bn.num_batches_tracked"]).toEqual({
      dtype: "I64",
      shape: [],
      data: BigInt64Array.of(3n),
    });
    expect(file.tensors["b"]?.data).toEqual(Uint16Array.of(0x3fc0));
    expect(file.tensors["m"]?.data).toEqual(Uint8Array.of(1, 0));
    expect(encodeSafetensors(file)).toEqual(python);
  });

  it("reads a Buffer, as Node reads files, with copies of its own", () => {
    const buffer = Buffer.concat([Buffer.alloc(3), python]).subarray(3);
    const file = decodeSafetensors(buffer);
    expect(file).toEqual(decodeSafetensors(python));
    buffer.fill(0);
    expect(file.tensors["fc.weight"]?.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it("reads what encodeTensors writes", async () => {
    const { metadata } = decodeSafetensors(await encodeTensors({ params: {} }, { epoch: 1 }));
    expect(metadata["metadata"]).toBe('{"epoch":1}');
  });

  it("gives back every bit, name and shape", () => {
    const entry = fc
      .record({
        name: fc.string({ unit: "binary" }),
        rows: fc.nat(3),
        columns: fc.nat(3),
        seed: fc.uint8Array({ minLength: 36, maxLength: 36 }),
      })
      .filter(({ name }) => name !== "__metadata__" && name !== "__proto__");
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const tensors = Object.fromEntries(
          entries.map(({ name, rows, columns, seed }): [string, StoredTensor] => [
            name,
            {
              dtype: "F32",
              shape: [rows, columns],
              data: new Float32Array(seed.slice(0, 4 * rows * columns).buffer),
            },
          ]),
        );
        const again = decodeSafetensors(encodeSafetensors({ tensors, metadata: {} }));
        expect(Object.keys(again.tensors).sort()).toEqual(Object.keys(tensors).sort());
        for (const [name, { shape, data }] of Object.entries(tensors)) {
          const found = again.tensors[name] as StoredTensor;
          expect(found.shape).toEqual(shape);
          expect(Buffer.from(found.data.buffer).equals(Buffer.from(data.buffer))).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("refuses a file that ends early, wherever it is cut, and one that goes on", () => {
    for (let length = 0; length < python.length; length++) {
      expect(() => decodeSafetensors(python.subarray(0, length)), `${length} bytes`).toThrow(damaged);
    }
    expect(() => decodeSafetensors(Uint8Array.of(...python, 0))).toThrow(/expected 448 bytes, found 449/);
  });

  it.each([
    ["no JSON", "{", 0, /expected a header of JSON/],
    ["a list", "[]", 0, /of each tensor, found none in "the whole"/],
    ["no offsets", '{"a":{"dtype":"F32","shape":[1]}}', 4, /found none in "a"/],
    ["a negative length", '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4, /found none in "a"/],
    [
      "a shape that its numbers do not fill",
      '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}',
      4,
      /numbers of "a" at 0 .* found 0 to 4/,
    ],
    [
      "a hole",
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}',
      4,
      /numbers of "a" at 0 .* found 3 to 4/,
    ],
    [
      "numbers twice",
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      1,
      /numbers of "b" at 1/,
    ],
    [
      "an unknown type",
      '{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}',
      1,
      /type of numbers in "a", found F8_E4M3/,
    ],
  ])("refuses %s", (_what, header, length, pattern) => {
    expect(() => decodeSafetensors(fileOf(header, length))).toThrow(damaged);
    expect(() => decodeSafetensors(fileOf(header, length))).toThrow(pattern);
  });

  it("refuses to write numbers that do not fit their shape or type", () => {
    const write = (tensor: StoredTensor): unknown =>
      encodeSafetensors({ tensors: { a: tensor }, metadata: {} });
    expect(() => write({ dtype: "F32", shape: [2], data: new Float32Array(3) })).toThrow(
      /"a" must hold 2 numbers in a Float32Array for F32 \[2\], found 3 in a Float32Array/,
    );
    expect(() => write({ dtype: "F16", shape: [1], data: new Float32Array(1) })).toThrow(
      /found 1 in a Float32Array/,
    );
  });
});
