import { utf8ToBytes } from "@noble/hashes/utils.js";

import { LtuError } from "./errors.ts";

/** A type of numbers in a safetensors file. `F16` and `BF16` are held as their bits. */
export type SafetensorsDtype =
  "BOOL" | "U8" | "I8" | "I16" | "U16" | "F16" | "BF16" | "I32" | "U32" | "F32" | "F64" | "I64" | "U64";

/** One tensor of a safetensors file, as plain numbers. */
export interface StoredTensor {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Row after row, of the array that belongs to the type, such as `Float32Array` for `F32`. */
  readonly data:
    | Uint8Array
    | Int8Array
    | Int16Array
    | Uint16Array
    | Int32Array
    | Uint32Array
    | Float32Array
    | Float64Array
    | BigInt64Array
    | BigUint64Array;
}

/** The contents of a safetensors file. */
export interface SafetensorsFile {
  /** By name, in the order of their data. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** Text by name; empty where the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The array that holds numbers of a type. */
const arrays = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
} as const satisfies Readonly<Record<SafetensorsDtype, unknown>>;

interface Entry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Writes tensors as a safetensors file, bit for bit: the header's length in 8 bytes, a JSON header filled with spaces
 * to a multiple of 8, the numbers in little-endian order, in the order of the record.
 *
 * @throws LtuError `OPTION` when a shape and its numbers do not fit.
 *
 * Source: the safetensors format, https://github.com/huggingface/safetensors, and its own order of the header.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "@ltu/core";
 *
 * const bias = { dtype: "F32", shape: [2], data: Float32Array.of(0.5, -1) } as const;
 * const bytes = encodeSafetensors({ tensors: { "fc.bias": bias }, metadata: { format: "pt" } });
 * const { tensors, metadata } = decodeSafetensors(bytes);
 * console.log(metadata.format, String(tensors["fc.bias"].data)); // → pt 0.5,-1
 * ```
 */
export function encodeSafetensors({ tensors, metadata }: SafetensorsFile): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]): [string, Entry] => {
    // By name, because an array of another realm (a test runner's) is no instance of this one's.
    if (kindOf(data) !== arrays[dtype].name || data.length !== sizeOf(shape)) {
      throw new LtuError(
        "OPTION",
        `encodeSafetensors: "${name}" must hold ${sizeOf(shape)} numbers in a ${arrays[dtype].name} for ${dtype} [${shape.join(", ")}], found ${data.length} in a ${kindOf(data)}; correct its shape or type.`,
      );
    }
    const start = end;
    end += data.byteLength;
    return [name, { dtype, shape, data_offsets: [start, end] }];
  });
  const about = Object.keys(metadata).length === 0 ? {} : { __metadata__: metadata };
  const header = utf8ToBytes(JSON.stringify({ ...about, ...Object.fromEntries(entries) }));
  const headerLength = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end).fill(0x20, 8 + header.length, 8 + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(header, 8);
  for (const [name, entry] of entries) {
    const { buffer, byteOffset, byteLength } = (tensors[name] as StoredTensor).data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), 8 + headerLength + entry.data_offsets[0]);
  }
  return bytes;
}

/**
 * Reads a safetensors file, of whichever program.
 *
 * @throws LtuError `DATA` when the bytes are truncated, no such file, or hold a type of numbers that is not known.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const header = readHeader(bytes);
  const start = 8 + header.length;
  const { __metadata__: metadata = {}, ...entries } = header.json;
  let end = 0;
  // In the order of the data, so that writing them again gives the same file.
  const sorted = Object.entries(entries).sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  const tensors = sorted.map(([name, { dtype, shape, data_offsets }]): [string, StoredTensor] => {
    const array = arrays[dtype];
    if (array === undefined) throw damaged(`a known type of numbers in "${name}", found ${String(dtype)}`);
    const [from, to] = data_offsets;
    if (from !== end || to - from !== sizeOf(shape) * array.BYTES_PER_ELEMENT || start + to > bytes.length) {
      throw damaged(
        `the numbers of "${name}" at ${end} in a file of ${bytes.length} bytes, found ${from} to ${to}`,
      );
    }
    end = to;
    // A copy of its own: typed arrays must start at a multiple of their element size. Not by `slice`, which copies nothing where
    // the bytes are a Buffer, as Node reads files.
    const own = Uint8Array.from(bytes.subarray(start + from, start + to));
    return [name, { dtype, shape, data: new array(own.buffer) }];
  });
  if (start + end !== bytes.length) {
    throw damaged(`${start + end} bytes, found ${bytes.length}`);
  }
  return { tensors: Object.fromEntries(tensors), metadata };
}

interface Header {
  readonly length: number;
  readonly json: { readonly __metadata__?: Readonly<Record<string, string>> } & Readonly<
    Record<string, Entry>
  >;
}

function readHeader(bytes: Uint8Array): Header {
  const length =
    bytes.length < 8
      ? Number.NaN
      : Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true));
  if (!(length <= bytes.length - 8)) throw damaged(`a header, found ${bytes.length} bytes without one`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (cause) {
    throw damaged(`a header of JSON, found "${(cause as Error).message}"`, cause);
  }
  const isEntry = (value: unknown): boolean => {
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>;
    const areCounts = (list: unknown): boolean =>
      Array.isArray(list) && list.every((count) => Number.isInteger(count) && count >= 0);
    return typeof dtype === "string" && areCounts(shape) && areCounts(offsets) && offsets?.length === 2;
  };
  const isHeader = typeof json === "object" && json !== null && !Array.isArray(json);
  const odd = isHeader
    ? Object.entries(json as object).find(([name, value]) => name !== "__metadata__" && !isEntry(value))?.[0]
    : "the whole";
  if (odd !== undefined) throw damaged(`a type, a shape and offsets of each tensor, found none in "${odd}"`);
  return { length, json: json as Header["json"] };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function kindOf(data: StoredTensor["data"]): string {
  return Object.prototype.toString.call(data).slice("[object ".length, -1);
}

function damaged(expectedAndFound: string, cause?: unknown): LtuError {
  return new LtuError(
    "DATA",
    `decodeSafetensors: the file is damaged or of another kind: expected ${expectedAndFound}; fetch it or make it again.`,
    { cause },
  );
}
