import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { io } from "@tensorflow/tfjs-core";

import { LtuError } from "@ltu/core";

/**
 * Reads the weight files of a manifest, one behind the other, each group's in its order.
 *
 * @param file - The JSON file that holds the manifest; the others lie beside it.
 * @param where - Who asks, for the message.
 * @returns What TensorFlow.js decodes: descriptions of the weights and their bytes.
 * @throws LtuError `DATA` for a file that is missing or of another length.
 */
export async function readWeightFiles(
  manifest: io.WeightsManifestConfig,
  { file, where }: { readonly file: string; readonly where: string },
): Promise<[io.WeightsManifestEntry[], ArrayBuffer]> {
  const specs = manifest.flatMap(({ weights }) => weights);
  const parts: Uint8Array[] = [];
  for (const name of manifest.flatMap(({ paths }) => paths)) {
    try {
      parts.push(await readFile(join(dirname(file), name)));
    } catch (cause) {
      throw new LtuError(
        "DATA",
        `${where}: ${file} needs the weight file "${name}" beside it, found none that can be read; copy all files of the model together.`,
        { cause },
      );
    }
  }
  const bytes = Buffer.concat(parts);
  const expected = specs.every(({ quantization, dtype }) => quantization === undefined && dtype === "float32")
    ? specs.reduce(
        (total, { shape }) => total + 4 * shape.reduce((product, length) => product * length, 1),
        0,
      )
    : bytes.length;
  if (bytes.length !== expected) {
    throw new LtuError(
      "DATA",
      `${where}: the weight files of ${file} must hold ${expected} bytes, found ${bytes.length}; copy the files of the model again.`,
    );
  }
  return [specs, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)];
}
