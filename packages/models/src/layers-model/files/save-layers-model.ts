import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { io } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

import { replaceFile } from "../../files/replace-file.ts";

/** The one weight file beside `model.json`. */
const weightFile = "weights.bin";

/**
 * Writes a LayersModel as `model.json` and `weights.bin`, the format that every TensorFlow.js loads. Each file is
 * complete or not there; a model that lay in the folder before is replaced.
 *
 * @param model - Borrowed.
 * @param folder - Made when it is missing.
 */
export async function saveLayersModel(model: LayersModel, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const handler: io.IOHandler = {
    save: async (artifacts) => {
      const { weightData, weightSpecs = [], ...rest } = artifacts;
      const bytes = io.CompositeArrayBuffer.join(weightData);
      const json = { ...rest, weightsManifest: [{ paths: [weightFile], weights: weightSpecs }] };
      // Weights first: a model.json always finds the file that it names.
      await replaceFile(join(folder, weightFile), new Uint8Array(bytes));
      await replaceFile(join(folder, "model.json"), `${JSON.stringify(json)}\n`);
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    },
  };
  await model.save(handler);
}
