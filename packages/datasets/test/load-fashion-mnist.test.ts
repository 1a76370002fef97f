import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import {
  channelStatistics,
  fashionMnistFiles,
  normalization,
  parseFashionMnist,
  type FashionMnistFiles,
} from "../src/index.ts";
import { loadFashionMnist } from "../src/node.ts";
import { withFolder } from "./small-cifar10.ts";
import { smallFashion, smallFashionTable } from "./small-fashion-mnist.ts";

const keys = Object.keys(smallFashion) as (keyof FashionMnistFiles)[];
const write = async (folder: string, gzipped: (key: string) => boolean): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const key of keys) {
    const { name } = smallFashionTable[key];
    if (gzipped(key)) await writeFile(join(folder, `${name}.gz`), gzipSync(smallFashion[key]));
    else await writeFile(join(folder, name), smallFashion[key]);
  }
};
const options = { files: smallFashionTable };

describe("loadFashionMnist", () => {
  it("gives the same data plain, gzipped and mixed, in each place", async () => {
    const wanted = parseFashionMnist(smallFashion).contentHash;
    const forms: [string, (key: string) => boolean][] = [
      ["", () => true],
      ["fashion-mnist", () => false],
      ["FashionMNIST/raw", (key) => key.endsWith("Images")],
    ];
    for (const [below, gzipped] of forms) {
      await withFolder(async (folder) => {
        await write(join(folder, below), gzipped);
        const steps: number[] = [];
        const loaded = await loadFashionMnist(folder, {
          ...options,
          onProgress: ({ step }) => steps.push(step),
        });
        expect(loaded.contentHash, below).toBe(wanted);
        // The pixels lie where the files were read to: no second copy was made.
        const { trainImages, testImages } = smallFashionTable;
        expect(loaded.dataset.pixels.buffer.byteLength).toBe(trainImages.bytes + testImages.bytes);
        expect(steps).toEqual([1, 2, 3, 4]);
      });
    }
  });

  it("names what is missing, cut short or changed", async () => {
    await withFolder(async (folder) => {
      await expect(loadFashionMnist(folder, options)).rejects.toMatchObject({
        code: "DATA",
        message: expect.stringMatching(
          /expected the four files of Fashion-MNIST, found none; put train-images/,
        ),
      });
      await write(folder, () => false);
      const labels = join(folder, smallFashionTable.testLabels.name);
      await writeFile(labels, smallFashion.testLabels.subarray(0, 9));
      await expect(loadFashionMnist(folder, options)).rejects.toThrow(
        /t10k-labels-idx1-ubyte: expected 12 bytes unpacked, found 9; fetch t10k-labels-idx1-ubyte\.gz/,
      );
      await writeFile(
        labels,
        Uint8Array.from(smallFashion.testLabels, (byte, i) => (i === 11 ? 9 : byte)),
      );
      await expect(loadFashionMnist(folder, options)).rejects.toThrow(/t10k-labels.*expected MD5/);
      await writeFile(labels, Buffer.concat([smallFashion.testLabels, smallFashion.testLabels]));
      await expect(loadFashionMnist(folder, options)).rejects.toThrow(/expected 12 bytes unpacked, found 24/);
      await rm(labels);
      await expect(loadFashionMnist(folder, options)).rejects.toThrow(
        /found 3; put t10k-labels-idx1-ubyte there/,
      );
    });
  });
});

const data = process.env["LTU_DATA"];
describe.skipIf(data === undefined)("loadFashionMnist on the official files", () => {
  it("reads all 70,000 images, and the table of constants fits them", async () => {
    const { dataset, parts } = await loadFashionMnist(data as string);
    expect([parts.train.length, parts.test.length]).toEqual([60_000, 10_000]);
    const { mean, std } = channelStatistics(dataset, parts.train);
    expect(mean[0]?.toFixed(4)).toBe(normalization["fashion-mnist"].mean[0]?.toFixed(4));
    expect(std[0]?.toFixed(4)).toBe(normalization["fashion-mnist"].std[0]?.toFixed(4));
  });

  it("lists the official sums of the .gz files", async () => {
    for (const { name, gzMd5 } of Object.values(fashionMnistFiles)) {
      const bytes = await readFile(join(data as string, "fashion-mnist", `${name}.gz`));
      expect(createHash("md5").update(bytes).digest("hex")).toBe(gzMd5);
    }
  });
});
