import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { io, type Tensor } from "@tensorflow/tfjs-core";

import { disposeParams, LtuError, type Model, type ModelWeights, type Params } from "@ltu/core";

import { weightShapes, type WeightShapes } from "../weight-shapes.ts";
import { readWeightFiles } from "./read-weight-files.ts";
import { manifestFile } from "./save-weights.ts";

const where = "loadWeights";

/**
 * Reads weights from files of TensorFlow.js: a manifest and the weight files that it names, in any number of them.
 * Weights that are stored quantised arrive as float32.
 *
 * @param model - Whose weights these are: names and shapes must be its own.
 * @param path - The folder of `weights_manifest.json`, or a JSON file: a manifest, or a `model.json` that holds one.
 * @returns Weights in the model's order; the caller disposes them.
 * @throws LtuError `DATA` for a file that is missing or damaged, and for a name that is missing or not known; `SHAPE`
 *   for another shape.
 */
export async function loadWeights(model: Model, path: string): Promise<ModelWeights> {
  const file = path.endsWith(".json") ? path : join(path, manifestFile);
  const [specs, bytes] = await readWeightFiles(await readManifest(file), { file, where });
  const found: Params = io.decodeWeights(bytes, specs);
  try {
    return ownWeights(weightShapes(model), found, model.name);
  } catch (error) {
    disposeParams(found);
    throw error;
  }
}

type Manifest = io.WeightsManifestConfig;

async function readManifest(file: string): Promise<Manifest> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    const [reason = ""] = (cause as Error).message.split("\n");
    throw new LtuError(
      "DATA",
      `${where}: ${file} must be a weights manifest of TensorFlow.js, found that it cannot be read (${reason}); give the folder that saveWeights wrote.`,
      { cause },
    );
  }
  const manifest = Array.isArray(json)
    ? json
    : (json as { weightsManifest?: unknown } | null)?.weightsManifest;
  const isGroup = (group: Partial<io.WeightsManifestConfig[number]> | null): boolean =>
    Array.isArray(group?.paths) && Array.isArray(group.weights) && group.weights.every(isSpec);
  if (Array.isArray(manifest) && manifest.every(isGroup)) return eachOnce(manifest as Manifest, file);
  throw new LtuError(
    "DATA",
    `${where}: ${file} must hold a list of groups with paths and weights, each with name, shape and dtype, found another form; give the folder that saveWeights wrote.`,
  );
}

/** The manifest, if it names each weight once; of two only the second would arrive. */
function eachOnce(manifest: Manifest, file: string): Manifest {
  const names = manifest.flatMap(({ weights }) => weights.map(({ name }) => name));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return manifest;
  throw new LtuError(
    "DATA",
    `${where}: ${file} must name each weight once, found "${twice}" twice; copy the files of the model again.`,
  );
}

/** Whether an entry of a manifest says what its numbers are. */
function isSpec(entry: Partial<io.WeightsManifestEntry> | null): boolean {
  return (
    typeof entry?.name === "string" &&
    typeof entry.dtype === "string" &&
    Array.isArray(entry.shape) &&
    entry.shape.every((length) => Number.isSafeInteger(length) && length >= 0)
  );
}

/** The tensors in the model's two trees. */
function ownWeights({ params, stats }: WeightShapes, found: Params, model: string): ModelWeights {
  const shapes = new Map([...params, ...stats]);
  const missing = [...shapes.keys()].find((name) => !(name in found));
  const unexpected = Object.keys(found).find((name) => !shapes.has(name));
  if (missing !== undefined || unexpected !== undefined) {
    throw new LtuError(
      "DATA",
      `${where}: the files must hold the weights of ${model}, found ${
        missing === undefined ? `"${unexpected}", which it does not have` : `none called "${missing}"`
      }; choose the model and the options they were saved from.`,
    );
  }
  for (const [name, shape] of shapes) {
    const { shape: got, dtype } = found[name] as Tensor;
    if (got.join() === shape.join() && dtype === "float32") continue;
    throw new LtuError(
      "SHAPE",
      `${where}: "${name}" of ${model} must be float32 [${shape.join(", ")}], found ${dtype} [${got.join(", ")}]; make the model with the options it was saved with.`,
    );
  }
  const tree = (names: WeightShapes["params"]): Params =>
    Object.fromEntries([...names.keys()].map((name) => [name, found[name] as Tensor]));
  return { params: tree(params), stats: tree(stats) };
}
