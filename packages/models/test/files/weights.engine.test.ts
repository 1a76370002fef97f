import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { io, type Tensor } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createRng, disposeParams, isLtuError, type Model, type ModelWeights, type Params } from "@ltu/core";

import { loadWeights, saveWeights } from "../../src/files/index.ts";
import { mlp, smallCnn, vitTiny } from "../../src/index.ts";

const options = { inputShape: [8, 8, 1], classes: 3, mean: [0.5], std: [0.25] } as const;
const model = smallCnn(options);
const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

async function bitsOf(tree: Params): Promise<Record<string, string>> {
  const entries = Object.entries(tree).map(async ([name, value]): Promise<[string, string]> => {
    const { buffer, byteOffset, byteLength } = (await value.data()) as Float32Array;
    return [name, `${value.shape.join()} ${Buffer.from(buffer, byteOffset, byteLength).toString("hex")}`];
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe("saveWeights and loadWeights", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ltu-weights-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([model, vitTiny({ ...options, depth: 1, width: 6 }), mlp(options)])(
    "give every bit back, in both trees and in order: $name",
    async (each) => {
      const weights = each.init(createRng(1));
      await saveWeights(weights, join(folder, "new"));
      const again = await loadWeights(each, join(folder, "new"));
      for (const tree of ["params", "stats"] as const) {
        expect(Object.keys(again[tree])).toEqual(Object.keys(weights[tree]));
        expect(await bitsOf(again[tree])).toEqual(await bitsOf(weights[tree]));
      }
      expect(await readdir(join(folder, "new"))).toEqual(["weights.bin", "weights_manifest.json"]);
      [weights, again].forEach(dispose);
    },
  );

  it("write what TensorFlow.js itself loads", async () => {
    const weights = model.init(createRng(1));
    await saveWeights(weights, folder);
    const manifest = JSON.parse(
      await readFile(join(folder, "weights_manifest.json"), "utf8"),
    ) as io.WeightsManifestConfig;
    const load = io.weightsLoaderFactory((urls) =>
      Promise.all(urls.map(async (url) => Uint8Array.from(await readFile(url)).buffer)),
    );
    const loaded = await load(manifest, folder);
    expect(await bitsOf(loaded)).toEqual(await bitsOf({ ...weights.params, ...weights.stats }));
    disposeParams(loaded);
    dispose(weights);
  });

  it("read several files and groups, a model.json that holds a manifest, and quantised weights", async () => {
    const weights = model.init(createRng(1));
    const named: [string, Tensor][] = Object.entries({ ...weights.params, ...weights.stats });
    const manifest: io.WeightsManifestConfig = [];
    for (const [i, group] of [named.slice(3), named.slice(0, 3)].entries()) {
      const { data, specs } = await io.encodeWeights(Object.fromEntries(group));
      await writeFile(join(folder, `${i}-1.bin`), new Uint8Array(data.slice(0, 10)));
      await writeFile(join(folder, `${i}-2.bin`), new Uint8Array(data.slice(10)));
      manifest.push({ paths: [`${i}-1.bin`, `${i}-2.bin`], weights: specs });
    }
    const file = join(folder, "model.json");
    await writeFile(file, JSON.stringify({ weightsManifest: manifest }));
    const again = await loadWeights(model, file);
    expect(Object.keys(again.params)).toEqual(Object.keys(weights.params));
    expect(await bitsOf(again.params)).toEqual(await bitsOf(weights.params));
    [weights, again].forEach(dispose);

    const soft = mlp({ ...options, inputShape: [1, 1, 1], classes: 2, hidden: [] });
    const quantization = { dtype: "uint8", scale: 0.5, min: -1 } as const;
    await writeFile(join(folder, "bytes.bin"), Uint8Array.of(0, 4, 2, 3));
    await writeFile(
      join(folder, "bytes.json"),
      JSON.stringify([
        {
          paths: ["bytes.bin"],
          weights: [
            { name: "fc1.weight", shape: [1, 2], dtype: "float32", quantization },
            { name: "fc1.bias", shape: [2], dtype: "float32", quantization },
          ],
        },
      ]),
    );
    const quantised = await loadWeights(soft, join(folder, "bytes.json"));
    expect([...(await quantised.params["fc1.weight"]!.data())]).toEqual([-1, 1]);
    expect([...(await quantised.params["fc1.bias"]!.data())]).toEqual([0, 0.5]);
    dispose(quantised);
  });

  it("refuse in one sentence what is missing, unknown, of another shape or damaged", async () => {
    const refusal = async (of: Model, path = folder): Promise<string> => {
      try {
        dispose(await loadWeights(of, path));
      } catch (error) {
        if (isLtuError(error)) return `${error.code} ${error.message}`;
        throw error;
      }
      return "taken";
    };
    expect(await refusal(model)).toMatch(/^DATA loadWeights: .*weights_manifest.json must be .*ENOENT/);
    const weights = model.init(createRng(1));
    await saveWeights(weights, folder);
    expect(await refusal(model)).toBe("taken");
    expect(await refusal(mlp(options))).toMatch(
      /^DATA .*weights of mlp, found none called "fc1.weight"; choose/,
    );
    expect(await refusal(smallCnn({ ...options, classes: 4 }))).toMatch(
      /^SHAPE .*"fc.weight" of small-cnn must be float32 \[128, 4\], found float32 \[128, 3\]; make/,
    );
    const { "bn1.running_mean": extra, ...stats } = weights.stats;
    await saveWeights({ params: weights.params, stats }, folder);
    expect(await refusal(model)).toMatch(/found none called "bn1.running_mean"/);
    await saveWeights({ params: { ...weights.params, more: extra! }, stats: weights.stats }, folder);
    expect(await refusal(model)).toMatch(/found "more", which it does not have/);
    await saveWeights(weights, folder);
    await writeFile(join(folder, "weights.bin"), new Uint8Array(12));
    expect(await refusal(model)).toMatch(/^DATA loadWeights: .* must hold \d+ bytes, found 12; copy/);
    await rm(join(folder, "weights.bin"));
    expect(await refusal(model)).toMatch(
      /^DATA loadWeights: .* needs the weight file "weights.bin" beside it/,
    );
    const entry = { name: "conv1.weight", shape: [1] };
    const odd = [{ paths: ["weights.bin"], weights: [entry] }];
    await writeFile(join(folder, "weights_manifest.json"), JSON.stringify(odd));
    expect(await refusal(model)).toMatch(/each with name, shape and dtype, found another form; give/);
    const twice = [
      { paths: ["weights.bin"], weights: [entry, entry].map((each) => ({ ...each, dtype: "float32" })) },
    ];
    await writeFile(join(folder, "weights_manifest.json"), JSON.stringify(twice));
    expect(await refusal(model)).toMatch(/must name each weight once, found "conv1.weight" twice; copy/);
    await writeFile(join(folder, "weights_manifest.json"), "{}");
    expect(await refusal(model)).toMatch(/must hold a list of groups with paths and weights/);
    dispose(weights);
  });

  it("refuse quantised weights that break off, and types that are no numbers", async () => {
    const soft = mlp({ ...options, inputShape: [1, 1, 1], classes: 2, hidden: [] });
    const refusal = async (spec: object, bytes: Uint8Array): Promise<string> => {
      const weights = [
        { name: "fc1.weight", shape: [1, 2], dtype: "float32", ...spec },
        { name: "fc1.bias", shape: [2], dtype: "float32", ...spec },
      ];
      await writeFile(join(folder, "odd.bin"), bytes);
      await writeFile(join(folder, "odd.json"), JSON.stringify([{ paths: ["odd.bin"], weights }]));
      try {
        dispose(await loadWeights(soft, join(folder, "odd.json")));
      } catch (error) {
        if (isLtuError(error)) return `${error.code} ${error.message}`;
        throw error;
      }
      return "taken";
    };
    for (const [dtype, width] of [
      ["uint8", 1],
      ["uint16", 2],
      ["float16", 2],
    ] as const) {
      const quantization = { dtype, scale: 0.5, min: -1 };
      const length = 4 * width;
      expect(await refusal({ quantization }, new Uint8Array(length)), dtype).toBe("taken");
      for (const wrong of [length - width, length - 1, length + width]) {
        expect(await refusal({ quantization }, new Uint8Array(wrong)), `${dtype} ${wrong}`).toMatch(
          new RegExp(`^DATA loadWeights: .* must hold ${length} bytes, found ${wrong}; copy`),
        );
      }
    }
    expect(await refusal({ dtype: "int32" }, new Uint8Array(15))).toMatch(/ hold 16 bytes, found 15; copy/);
    expect(await refusal({ dtype: "int32" }, new Uint8Array(16))).toMatch(
      /^SHAPE .*must be float32 .* found int32/,
    );
    expect(await refusal({ dtype: "string" }, new Uint8Array(16))).toMatch(
      /^DATA loadWeights: .*: "fc1.weight" must be of one of the types float32, .* found string; save/,
    );
    const quantization = { dtype: "uint4", scale: 0.5, min: -1 };
    expect(await refusal({ quantization }, new Uint8Array(4))).toMatch(
      /^DATA .* found float32 from uint4; save/,
    );
    const odd = [null, 5, { dtype: "float16" }].map((each) => ({ dtype: "int32", quantization: each }));
    for (const spec of [...odd, { dtype: "bool", quantization: { ...quantization, dtype: "uint8" } }]) {
      expect(await refusal(spec, new Uint8Array(4)), JSON.stringify(spec)).toMatch(
        /^DATA .* found (int32|bool) from \w+; save/,
      );
    }
    expect(
      await refusal({ quantization: { dtype: "uint8", scale: "1", min: 0 } }, new Uint8Array(4)),
    ).toMatch(/^DATA .* must have a scale and a min, found .*"scale":"1".*; copy/);
    expect(await refusal({ shape: [-2] }, new Uint8Array(16))).toMatch(/found another form; give/);
  });
});
