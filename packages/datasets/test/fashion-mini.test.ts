import { readFile, stat } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { fashionMiniContent } from "../scripts/make-fashion-mini.ts";
import { channelStatistics, normalization, parseFashionMini } from "../src/index.ts";
import { loadFashionMini, loadFashionMnist } from "../src/node.ts";

const asset = new URL("../assets/fashion-mini.idx.gz", import.meta.url);

describe("loadFashionMini", () => {
  it("holds 4,000, 1,000 and 2,000 different images, each class equally often in each part", async () => {
    const { dataset, parts } = await loadFashionMini();
    const sizes = [parts.train, parts.val, parts.test].map((part) => part?.length);
    expect(sizes).toEqual([4000, 1000, 2000]);
    for (const part of [parts.train, parts.val, parts.test]) {
      const counts = new Int32Array(10);
      for (const index of part ?? []) counts[dataset.labels[index] as number]! += 1;
      expect(new Set(counts).size).toBe(1);
    }
    const pictures = new Set(
      Array.from({ length: 7000 }, (_, i) =>
        Buffer.from(dataset.pixels.subarray(i * 784, (i + 1) * 784)).toString("base64"),
      ),
    );
    expect(pictures.size).toBe(7000);
  });

  it("has the constants of the table", async () => {
    const { dataset, parts, normalization: used } = await loadFashionMini();
    const { mean, std } = channelStatistics(dataset, parts.train);
    expect(used).toEqual(normalization["fashion-mini"]);
    expect(mean[0]?.toFixed(4)).toBe(used.mean[0]?.toFixed(4));
    expect(std[0]?.toFixed(4)).toBe(used.std[0]?.toFixed(4));
  });

  it("comes with the licence of Fashion-MNIST and weighs about 3.1 MB", async () => {
    const licence = await readFile(new URL("../assets/LICENSE-fashion-mnist", import.meta.url), "utf8");
    expect(licence).toMatch(/MIT License.*2017 Zalando SE/);
    expect((await stat(asset)).size / 1e6).toBeCloseTo(3.1, 1);
  });
});

describe("parseFashionMini", () => {
  it("refuses bytes that are not the file", async () => {
    const file = await readFile(asset);
    const content = gunzipSync(file);
    content[5000] = (content[5000] as number) ^ 1;
    for (const damaged of [
      file.subarray(0, 1000),
      Buffer.from("hello"),
      gzipSync("hello"),
      gzipSync(content),
    ]) {
      await expect(parseFashionMini(damaged)).rejects.toMatchObject({
        code: "DATA",
        message: expect.stringMatching(/expected the bytes of assets\/fashion-mini\.idx\.gz.*install/),
      });
    }
  });
});

const data = process.env["LTU_DATA"];
describe.skipIf(data === undefined)("make-fashion-mini", () => {
  it("makes the same content again: train and validation from the official training set, test from test", async () => {
    const official = await loadFashionMnist(data as string);
    const content = fashionMiniContent(official);
    expect(Buffer.compare(content, gunzipSync(await readFile(asset)))).toBe(0);

    const pictureAt = (pixels: Uint8Array, i: number): string =>
      Buffer.from(pixels.subarray(i * 784, (i + 1) * 784)).toString("base64");
    const train = new Set(Array.from(official.parts.train, (i) => pictureAt(official.dataset.pixels, i)));
    const mini = await loadFashionMini();
    const fromTrain = (part: Int32Array) => part.every((i) => train.has(pictureAt(mini.dataset.pixels, i)));
    expect(fromTrain(mini.parts.train)).toBe(true);
    expect(fromTrain(mini.parts.val as Int32Array)).toBe(true);
    expect(fromTrain(mini.parts.test)).toBe(false);
  });
});
