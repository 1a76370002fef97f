import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { memory } from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createRng, disposeParams, type Model } from "@ltu/core";
import { saveLayersModel } from "@ltu/models/layers-model/files";
import { stageKey } from "@ltu/runner";

import { composeMethods } from "../src/compose-methods.ts";
import { checkModelName, composeModel } from "../src/compose-model.ts";
import type { ComposedModel } from "../src/composed-model.ts";
import { parseExperiment, type Experiment } from "../src/config.ts";
import { createContext } from "../src/create-context.ts";
import { loadData } from "../src/load-data.ts";
import { planRun } from "../src/plan.ts";
import { tinyExperiment } from "./run-bench.ts";
import { idleLoad } from "./idle-load.ts";

const ground = { engine: "cpu", threads: 1 };

describe("the model layers-model", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ltu-layers-"));
    const before = memory().numTensors;
    const mine = sequential({
      name: "mine",
      layers: [
        layers.flatten({ inputShape: imageShape, name: "flat" }),
        layers.dropout({ rate: 0.5, name: "drop" }),
        layers.dense({ units: classes, activation: "softmax", name: "fc", kernelInitializer: "ones" }),
      ],
    });
    await saveLayersModel(mine, join(folder, "mine"));
    mine.dispose();
    expect(memory().numTensors).toBe(before);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const { imageShape, classes } = { imageShape: [8, 8, 1], classes: 4 };
  const experimentOf = (options: object): Experiment =>
    parseExperiment({ ...tinyExperiment, model: { name: "layers-model", options } }, "tiny");
  const compose = async (options: object): Promise<ComposedModel> => {
    const experiment = experimentOf({ folder: "mine", ...options });
    checkModelName(experiment);
    return composeModel(experiment, await loadData(experiment, idleLoad), { folder });
  };
  const kernelOf = async (model: Model): Promise<number[]> => {
    const { params, stats } = model.init(createRng(1));
    const kernel = [...(await params["fc/kernel"]!.data())];
    [params, stats].forEach(disposeParams);
    return kernel;
  };

  it("starts from fresh weights or from those of the file", async () => {
    const path = join(folder, "other");
    await cp(join(folder, "mine"), path, { recursive: true });
    const weights = new Float32Array(8 * 8 * classes + classes).fill(0.25);
    await writeFile(join(path, "weights.bin"), new Uint8Array(weights.buffer));
    const fresh = await compose({ folder: "other" });
    const file = await compose({ folder: "other", weights: "file" });
    expect(new Set(await kernelOf(fresh.model))).toEqual(new Set([1]));
    expect(new Set(await kernelOf(file.model))).toEqual(new Set([0.25]));
    // Twice, because a step must not change where the next training begins.
    expect(new Set(await kernelOf(file.model))).toEqual(new Set([0.25]));
    expect([file.model.name, file.model.classes, file.model.inputShape]).toEqual(["mine", 4, [8, 8, 1]]);
    expect(file.identity).not.toEqual(fresh.identity);
  });

  it("names the layers that do nothing", async () => {
    expect((await compose({})).notes).toEqual([
      "The layers drop of mine draw random numbers and do nothing here, in every model of the run alike.",
    ]);
  });

  it("has the content of its files in the keys of stages, and not their path", async () => {
    const keyOf = async (name: string): Promise<string> => {
      const experiment = experimentOf({ folder: name });
      const data = await loadData(experiment, idleLoad);
      const context = await createContext(experiment, { data, seed: 1, ground, folder });
      return stageKey(planRun(context, await composeMethods(experiment, { folder })).original);
    };
    const key = await keyOf("mine");
    await cp(join(folder, "mine"), join(folder, "moved"), { recursive: true });
    expect(await keyOf("moved")).toBe(key);
    const bytes = await readFile(join(folder, "moved", "weights.bin"));
    bytes[0] = bytes[0]! ^ 1;
    await writeFile(join(folder, "moved", "weights.bin"), bytes);
    expect(await keyOf("moved")).not.toBe(key);
  });

  it("takes the data's normalisation unless it is given its own", async () => {
    const own = await compose({ mean: [0], std: [1] });
    expect(own.identity).toMatchObject({ mean: [0], std: [1] });
    expect((await compose({})).identity).not.toMatchObject({ mean: [0] });
    await expect(compose({ mean: [0, 0], std: [1, 1] })).rejects.toThrow(
      /^experiment: the model in mine: .*mean and std must hold 1 finite numbers each/,
    );
  });

  it("refuses what does not fit in one sentence", async () => {
    await expect(compose({ folder: undefined })).rejects.toThrow(
      /folder of layers-model must be the folder of a model.json, found none/,
    );
    await expect(compose({ weights: "mine" })).rejects.toThrow(/must be "file" or "fresh", found "mine"/);
    await expect(compose({ std: 3 })).rejects.toThrow(/std of layers-model must be a list .* found 3/);
    await expect(compose({ units: 3 })).rejects.toThrow(/options of layers-model are folder, .*"units"/);
    await expect(compose({ folder: "nowhere" })).rejects.toThrow(/nowhere.model.json must be the model.json/);
    const broken = join(folder, "broken");
    await cp(join(folder, "mine"), broken, { recursive: true });
    await appendFile(join(broken, "weights.bin"), "x");
    await expect(compose({ folder: "broken" })).rejects.toThrow(/must hold \d+ bytes, found \d+/);

    const narrow = sequential({
      layers: [layers.flatten({ inputShape: imageShape }), layers.dense({ units: 3 })],
    });
    await saveLayersModel(narrow, join(folder, "narrow"));
    narrow.dispose();
    await expect(compose({ folder: "narrow" })).rejects.toThrow(
      /the model in narrow has 3 classes and the data .* has 4; give its last dense layer 4 units/,
    );
    const small = sequential({
      layers: [layers.flatten({ inputShape: [6, 6, 1] }), layers.dense({ units: 4 })],
    });
    await saveLayersModel(small, join(folder, "small"));
    small.dispose();
    await expect(compose({ folder: "small" })).rejects.toThrow(
      /the model in small: .*\[6, 6, 1\], found \[8, 8, 1\]/,
    );
  });
});
