import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { io } from "@tensorflow/tfjs-core";

import type { ModelWeights } from "@ltu/core";

import { replaceFile } from "./replace-file.ts";

/** The manifest's name, as the converter of TensorFlow.js has it. */
export const manifestFile = "weights_manifest.json";
const weightFile = "weights.bin";

/**
 * Writes weights as TensorFlow.js keeps them: `weights_manifest.json` with name, shape and type of each, and
 * `weights.bin` with their numbers. `tf.io.loadWeights(manifest, folder)` reads them anywhere. Each file is complete or
 * not there.
 *
 * @param weights - Borrowed; parameters and running statistics stand beside each other, under their own names.
 * @param folder - Made when it is missing.
 */
export async function saveWeights({ params, stats }: ModelWeights, folder: string): Promise<void> {
  const { data, specs } = await io.encodeWeights({ ...params, ...stats });
  await mkdir(folder, { recursive: true });
  const manifest: io.WeightsManifestConfig = [{ paths: [weightFile], weights: specs }];
  // Weights first: a manifest always finds the file that it names.
  await replaceFile(join(folder, weightFile), new Uint8Array(data));
  await replaceFile(join(folder, manifestFile), `${JSON.stringify(manifest)}\n`);
}
