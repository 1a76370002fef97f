import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Tensor } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";
import { fromLayersModel } from "@ltu/models/layers-model";
import { loadLayersModel, saveLayersModel } from "@ltu/models/layers-model/files";

import { disposeWeights, fill, imagesOf, numbersOf, smallNetwork } from "./networks.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "layers-model-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("saveLayersModel and loadLayersModel", () => {
  it("bring every number back bit by bit, from the file to a model of the contract and to a file again", async () => {
    const network = fill(smallNetwork());
    await saveLayersModel(network, join(folder, "mine"));
    expect((await readdir(join(folder, "mine"))).sort()).toEqual(["model.json", "weights.bin"]);
    const loaded = await loadLayersModel(join(folder, "mine"));
    const { model, weights } = fromLayersModel(loaded);
    const back = model.toLayersModel(weights);
    await saveLayersModel(back, join(folder, "again"));

    const bytes = (name: string, file: string): Promise<Buffer> => readFile(join(folder, name, file));
    expect(await bytes("again", "weights.bin")).toEqual(await bytes("mine", "weights.bin"));
    const json = async (name: string): Promise<unknown> =>
      JSON.parse((await bytes(name, "model.json")).toString());
    expect(await json("again")).toEqual(await json("mine"));
    const images = imagesOf([2, 6, 6, 2]);
    const [wanted, got] = [network, back].map((each) => each.predict(images) as Tensor);
    expect(await numbersOf(got)).toEqual(await numbersOf(wanted));
    [images, wanted as Tensor, got as Tensor].forEach((made) => made.dispose());
    [network, loaded, back].forEach((made) => made.dispose());
    disposeWeights(weights);
  });

  it("write other weights in the same format, over a model that was there", async () => {
    const network = smallNetwork();
    await saveLayersModel(network, folder);
    const { model, weights } = fromLayersModel(network);
    const fresh = model.init(createRng(1));
    const changed = model.toLayersModel(fresh);
    await saveLayersModel(changed, folder);
    const loaded = await loadLayersModel(join(folder, "model.json"));
    for (const variable of loaded.weights) {
      const wanted = { ...fresh.params, ...fresh.stats }[variable.originalName];
      expect(await numbersOf(variable.read())).toEqual(await numbersOf(wanted));
    }
    [network, changed, loaded].forEach((made) => made.dispose());
    [weights, fresh].forEach(disposeWeights);
  });

  it("read weights that lie in several files", async () => {
    const network = fill(smallNetwork());
    await saveLayersModel(network, folder);
    const json = JSON.parse(await readFile(join(folder, "model.json"), "utf8")) as {
      weightsManifest: { paths: string[]; weights: unknown[] }[];
    };
    const bytes = await readFile(join(folder, "weights.bin"));
    await writeFile(join(folder, "a.bin"), bytes.subarray(0, 100));
    await writeFile(join(folder, "b.bin"), bytes.subarray(100));
    (json.weightsManifest[0] as { paths: string[] }).paths = ["a.bin", "b.bin"];
    await writeFile(join(folder, "model.json"), JSON.stringify(json));
    const loaded = await loadLayersModel(folder);
    expect(await numbersOf(loaded.weights[0]?.read())).toEqual(await numbersOf(network.weights[0]?.read()));
    [network, loaded].forEach((made) => made.dispose());
  });

  it("say in one sentence what is wrong with a file", async () => {
    await expect(loadLayersModel(folder)).rejects.toThrow(/model\.json must be .* cannot be read \(ENOENT/);
    const file = join(folder, "model.json");
    await writeFile(file, "{");
    await expect(loadLayersModel(folder)).rejects.toThrow(/must be the model\.json .* give the folder/);
    await writeFile(file, '{"format":"graph-model","modelTopology":{},"weightsManifest":[]}');
    await expect(loadLayersModel(folder)).rejects.toThrow(/found a graph model/);
    await writeFile(file, '{"other":1}');
    await expect(loadLayersModel(folder)).rejects.toThrow(
      /must hold modelTopology and weightsManifest, found other/,
    );
    const network = smallNetwork();
    await saveLayersModel(network, folder);
    await truncate(join(folder, "weights.bin"), 100);
    await expect(loadLayersModel(folder)).rejects.toThrow(/must hold \d+ bytes, found 100; copy/);
    await rm(join(folder, "weights.bin"));
    await expect(loadLayersModel(folder)).rejects.toThrow(/needs the weight file "weights.bin" beside it/);
    await saveLayersModel(network, folder);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('"ReLU"', '"Mine"'));
    await expect(loadLayersModel(folder)).rejects.toThrow(
      /Unknown layer: Mine.* register layers of your own/s,
    );
    network.dispose();
  });
});
