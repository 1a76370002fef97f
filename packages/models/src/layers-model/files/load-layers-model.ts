import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { engine, io } from "@tensorflow/tfjs-core";
import { loadLayersModel as loadFrom, type LayersModel } from "@tensorflow/tfjs-layers";

import { LtuError } from "@ltu/core";

import { readWeightFiles } from "../../files/read-weight-files.ts";
import { newVariables } from "../new-variables.ts";

/**
 * Loads a LayersModel from `model.json` and the weight files that it names, as `tf.LayersModel.save` and the converter
 * write them. Works on every engine; weights that are stored quantised arrive as float32.
 *
 * @param path - The folder of `model.json`, or the path of that file under any name that ends in `.json`.
 * @returns The model; the caller disposes it.
 * @throws LtuError `DATA` for a file that is missing, damaged, or holds something else than a layers model.
 */
export async function loadLayersModel(path: string): Promise<LayersModel> {
  const file = path.endsWith(".json") ? path : join(path, "model.json");
  const json = await readModelJson(file);
  // Noted when the files are read: the model is built in one go after that.
  let made: ReturnType<typeof newVariables> | undefined;
  const handler: io.IOHandler = {
    load: async () => {
      const artifacts = await io.getModelArtifactsForJSON(json, (manifest) =>
        readWeightFiles(manifest, { file, where: "loadLayersModel" }),
      );
      made = newVariables();
      // Weights that are decoded and fit nowhere stay behind; those that fit become variables, which no scope ends.
      engine().startScope("loadLayersModel");
      return artifacts;
    },
  };
  try {
    return await loadFrom(handler);
  } catch (cause) {
    made?.dispose();
    if (cause instanceof LtuError) throw cause;
    const [reason = ""] = (cause as Error).message.split("\n");
    throw new LtuError(
      "DATA",
      `loadLayersModel: ${file} must hold a model that TensorFlow.js can build, found "${reason}"; save it again, and register layers of your own before loading.`,
      { cause },
    );
  } finally {
    if (made !== undefined) engine().endScope();
  }
}

async function readModelJson(file: string): Promise<io.ModelJSON> {
  let json: Partial<io.ModelJSON>;
  try {
    json = JSON.parse(await readFile(file, "utf8")) as Partial<io.ModelJSON>;
  } catch (cause) {
    const [reason = ""] = (cause as Error).message.split("\n");
    throw new LtuError(
      "DATA",
      `loadLayersModel: ${file} must be the model.json of a layers model, found that it cannot be read (${reason}); give the folder that model.save wrote.`,
      { cause },
    );
  }
  if (json.modelTopology === undefined || !Array.isArray(json.weightsManifest)) {
    throw new LtuError(
      "DATA",
      `loadLayersModel: ${file} must hold modelTopology and weightsManifest, found ${Object.keys(json).join(", ") || "nothing"}; give the folder that model.save wrote.`,
    );
  }
  if (json.format === "graph-model") {
    throw new LtuError(
      "DATA",
      `loadLayersModel: ${file} must hold a layers model, found a graph model, whose weights cannot be trained; convert the original with the output format tfjs_layers_model.`,
    );
  }
  return json as io.ModelJSON;
}
