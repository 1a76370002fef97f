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
 * @throws LtuError `DATA` for a file that is missing or of another length, and for weights of an unknown type.
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
  const expected = specs.reduce((total, spec) => total + bytesOf(spec, { file, where }), 0);
  if (bytes.length !== expected) {
    throw new LtuError(
      "DATA",
      `${where}: the weight files of ${file} must hold ${expected} bytes, found ${bytes.length}; copy the files of the model again.`,
    );
  }
  return [specs, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)];
}

/** Bytes of a number by its type, and by what it was quantised to. */
const widths: ReadonlyMap<string, number> = new Map([
  ["float32", 4],
  ["int32", 4],
  ["bool", 1],
  ["float32 from uint8", 1],
  ["float32 from uint16", 2],
  ["float32 from float16", 2],
  ["int32 from uint8", 1],
  ["int32 from uint16", 2],
]);

/** How many bytes a weight takes in its file. */
function bytesOf(
  { name, shape, dtype, quantization }: io.WeightsManifestEntry,
  { file, where }: { readonly file: string; readonly where: string },
): number {
  // Read from JSON, whose types nobody has checked.
  const quantised = quantization as { dtype?: unknown; scale?: unknown; min?: unknown } | null | undefined;
  const found = quantised === undefined ? dtype : `${dtype} from ${String(quantised?.dtype)}`;
  const width = widths.get(found);
  if (width === undefined) {
    throw new LtuError(
      "DATA",
      `${where}: ${file}: "${name}" must be of one of the types ${[...widths.keys()].join(", ")}, found ${found}; save the model with one of these.`,
    );
  }
  const isScaled = Number.isFinite(quantised?.scale) && Number.isFinite(quantised?.min);
  if (quantised !== undefined && quantised?.dtype !== "float16" && !isScaled) {
    throw new LtuError(
      "DATA",
      `${where}: ${file}: "${name}" must have a scale and a min, found ${JSON.stringify(quantised)}; copy the files of the model again.`,
    );
  }
  return width * shape.reduce((product, length) => product * length, 1);
}
