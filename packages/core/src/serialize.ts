import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { tensor, type Tensor } from "@tensorflow/tfjs-core";

import { LtuError } from "./errors.ts";
import type { Params } from "./params.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";

/** What {@link decodeTensors} gives back. The caller disposes the tensors of all trees. */
export interface DecodedTensors {
  /** The trees by name, in the order they were written. */
  readonly trees: Readonly<Record<string, Params>>;
  /** The plain JSON that was written beside them. */
  readonly metadata: unknown;
}

/** How a dtype of TensorFlow.js is called in the file. */
const labels = { float32: "F32", int32: "I32", bool: "BOOL" } as const;

type StoredDtype = keyof typeof labels;

// The checksum is the first text of the file, so that it stands at a known place and can be left out of itself.
const checksumPrefix = utf8ToBytes('{"__metadata__":{"sha256":"');
const checksumStart = 8 + checksumPrefix.length;
const checksumLength = 64;

/**
 * Writes parameter trees and plain JSON as one value, bit for bit: weights, optimizer state and cursor of a run
 * together. The layout is safetensors (header length, JSON header, raw little-endian data), the names are
 * `tree/parameter`, the metadata and a SHA-256 of the whole file stand in the header.
 *
 * @param trees - Trees by name; a tree's name holds no "/". Borrowed.
 * @param metadata - Plain JSON.
 * @returns The bytes of the file.
 * @throws LtuError `OPTION` for a tree name with "/" and for a dtype other than float32, int32 and bool.
 *
 * Source: the safetensors format, https://github.com/huggingface/safetensors
 *
 * @example
 * ```ts
 * import { decodeTensors, disposeParams, encodeTensors } from "@ltu/core";
 * import { tensor1d } from "@tensorflow/tfjs-core";
 *
 * const params = { "fc.bias": tensor1d([1, 2, 3]) };
 * const bytes = await encodeTensors({ params }, { epoch: 4 });
 * const { trees, metadata } = decodeTensors(bytes);
 * console.log(JSON.stringify(metadata)); // → {"epoch":4}
 * console.log(String(await trees.params["fc.bias"].data())); // → 1,2,3
 * disposeParams(trees.params);
 * disposeParams(params);
 * ```
 */
export async function encodeTensors(
  trees: Readonly<Record<string, Params>>,
  metadata: object,
): Promise<Uint8Array> {
  const named = Object.entries(trees).flatMap(([tree, params]) => {
    if (tree.includes("/")) {
      throw new LtuError(
        "OPTION",
        `encodeTensors: a tree's name must not hold "/", found "${tree}"; rename it.`,
      );
    }
    return Object.entries(params).map(([name, value]) => [`${tree}/${name}`, value] as const);
  });
  const tensors = await Promise.all(
    named.map(async ([name, value]): Promise<[string, StoredTensor]> => {
      if (!(value.dtype in labels)) {
        throw new LtuError(
          "OPTION",
          `encodeTensors: tensors must be float32, int32 or bool; "${name}" is ${value.dtype}; cast it.`,
        );
      }
      return [
        name,
        { dtype: labels[value.dtype as StoredDtype], shape: value.shape, data: await value.data() },
      ];
    }),
  );
  const about = {
    sha256: "0".repeat(checksumLength),
    trees: JSON.stringify(Object.keys(trees)),
    metadata: JSON.stringify(metadata),
  };
  const bytes = encodeSafetensors({ tensors: Object.fromEntries(tensors), metadata: about });
  bytes.set(utf8ToBytes(bytesToHex(sha256(bytes))), checksumStart);
  return bytes;
}

/**
 * Reads what {@link encodeTensors} wrote, after its checksum holds.
 *
 * @returns Trees and metadata; the caller disposes the tensors.
 * @throws LtuError `DATA` when the bytes are truncated, changed, or no such file.
 */
export function decodeTensors(bytes: Uint8Array): DecodedTensors {
  const headerLength =
    bytes.length < checksumStart + checksumLength
      ? Number.NaN
      : Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true));
  if (!(headerLength <= bytes.length - 8) || !checksumPrefix.every((byte, i) => bytes[8 + i] === byte)) {
    throw damaged(`the header of a tensor file, found ${bytes.length} bytes without one`);
  }
  const found = new TextDecoder().decode(bytes.subarray(checksumStart, checksumStart + checksumLength));
  // A copy, which `slice` of a Buffer would not make.
  const unsigned = Uint8Array.from(bytes).fill(0x30, checksumStart, checksumStart + checksumLength);
  const wanted = bytesToHex(sha256(unsigned));
  if (found !== wanted) {
    throw damaged(`contents of checksum ${found.slice(0, 12)}..., found ${wanted.slice(0, 12)}...`);
  }
  const { tensors, metadata: about } = decodeSafetensors(bytes);
  const names = JSON.parse(about["trees"] as string) as string[];
  const trees: Record<string, Record<string, Tensor>> = Object.fromEntries(names.map((name) => [name, {}]));
  for (const [name, { dtype: label, shape, data }] of Object.entries(tensors)) {
    const slash = name.indexOf("/");
    const dtype = (Object.keys(labels) as StoredDtype[]).find((key) => labels[key] === label);
    (trees[name.slice(0, slash)] as Record<string, Tensor>)[name.slice(slash + 1)] = tensor(
      data as Float32Array,
      [...shape],
      dtype,
    );
  }
  return { trees, metadata: JSON.parse(about["metadata"] as string) as unknown };
}

function damaged(expectedAndFound: string): LtuError {
  return new LtuError(
    "DATA",
    `decodeTensors: the file is damaged or of another kind: expected ${expectedAndFound}; delete it and make it again.`,
  );
}
