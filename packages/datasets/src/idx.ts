import { LtuError } from "@ltu/core";

/** An array of bytes with a shape, as in an IDX file. */
export interface IdxArray {
  readonly shape: readonly number[];
  /** A view of the file's bytes; nothing is copied. */
  readonly data: Uint8Array;
  /** Where the array ends in the bytes it was read from. */
  readonly end: number;
}

/**
 * Reads one array of unsigned bytes in the IDX format: two zero bytes, the type 8, the number of dimensions, each
 * dimension as a big-endian 32-bit number, then the bytes, last dimension fastest.
 *
 * @param from - Where the array begins. Default 0.
 * @throws LtuError `DATA` when the bytes are not such an array, or break off.
 *
 * Source: Yann LeCun, Corinna Cortes, Christopher Burges, The MNIST database, "File formats".
 *
 * @example
 * ```ts
 * import { parseIdx } from "@ltu/datasets";
 *
 * const { shape, data } = parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9));
 * console.log([...shape], [...data]); // → [ 2 ] [ 7, 9 ]
 * ```
 */
export function parseIdx(bytes: Uint8Array, from = 0): IdxArray {
  const refuse = (expected: string, found: string): LtuError =>
    new LtuError(
      "DATA",
      `parseIdx: expected ${expected}, found ${found}; give the unpacked bytes of a whole IDX file.`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < from + 4) throw refuse("a header of at least 4 bytes", `${bytes.length - from} bytes`);
  const magic = view.getUint32(from);
  const rank = magic & 255;
  if (magic >>> 8 !== 8 || rank === 0) {
    throw refuse("the magic number of unsigned bytes, 0x000008 and a rank", `0x${magic.toString(16)}`);
  }
  const start = from + 4 + 4 * rank;
  if (bytes.length < start) throw refuse(`a header of ${start - from} bytes`, `${bytes.length - from} bytes`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(from + 4 + 4 * axis));
  const end = start + shape.reduce((product, dimension) => product * dimension, 1);
  if (bytes.length < end) {
    throw refuse(`${end - start} bytes for the shape [${shape.join(", ")}]`, `${bytes.length - start}`);
  }
  return { shape, data: bytes.subarray(start, end), end };
}

/** The bytes of an IDX file that holds an array; {@link parseIdx} reads it back. */
export function encodeIdx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, (8 << 8) | shape.length);
  shape.forEach((dimension, axis) => view.setUint32(4 + 4 * axis, dimension));
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}
