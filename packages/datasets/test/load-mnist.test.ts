import { mkdir, rename, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { channelStatistics, mnistFiles, normalization, parseMnist, type IdxFiles } from "../src/index.ts";
import { findData, loadMnist } from "../src/node.ts";
import { md5Of, withFolder } from "./small-cifar10.ts";
import { smallFashion } from "./small-fashion-mnist.ts";

// MNIST comes in the same form as Fashion-MNIST: these bytes are in the official byte format, only fewer.
const keys = Object.keys(smallFashion) as (keyof IdxFiles)[];
const table = Object.fromEntries(
  keys.map((key) => [
    key,
    { ...mnistFiles[key], bytes: smallFashion[key].length, md5: md5Of(smallFashion[key]) },
  ]),
) as unknown as IdxFiles;
const options = { files: table };
const write = async (folder: string, gzipped: (key: string) => boolean): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const key of keys) {
    const path = join(folder, mnistFiles[key].name);
    if (gzipped(key)) await writeFile(`${path}.gz`, gzipSync(smallFashion[key]));
    else await writeFile(path, smallFashion[key]);
  }
};

describe("loadMnist", () => {
  it("gives the same data plain, gzipped and mixed, in each place", async () => {
    const wanted = parseMnist(smallFashion);
    expect(wanted.dataset.classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(wanted.normalization).toBe(normalization.mnist);
    const forms: [string, (key: string) => boolean][] = [
      ["", () => true],
      ["mnist", () => false],
      ["MNIST/raw", (key) => key.endsWith("Images")],
    ];
    for (const [below, gzipped] of forms) {
      await withFolder(async (folder) => {
        await write(join(folder, below), gzipped);
        expect((await loadMnist(folder, options)).contentHash, below).toBe(wanted.contentHash);
        expect(await findData(folder, "mnist")).toMatchObject({ form: "files" });
      });
    }
  });

  it("refuses the files of Fashion-MNIST by their sums, and says that names are shared", async () => {
    await withFolder(async (folder) => {
      await write(folder, () => true);
      const official = { ...table, trainImages: { ...table.trainImages, md5: mnistFiles.trainImages.md5 } };
      await expect(loadMnist(folder, { files: official })).rejects.toMatchObject({
        code: "DATA",
        message: expect.stringMatching(
          /expected MD5 6bbc9ace898e44ae57da46a324031adb.*Fashion-MNIST has files of the same names/,
        ),
      });
    });
  });

  it("refuses swapped, cut and missing files, and another magic number", async () => {
    await withFolder(async (folder) => {
      await expect(loadMnist(folder, options)).rejects.toThrow(/the four files of MNIST, found none; put/);
      await write(folder, () => false);
      const path = (key: keyof IdxFiles) => join(folder, mnistFiles[key].name);
      await rename(path("trainLabels"), join(folder, "aside"));
      await expect(loadMnist(folder, options)).rejects.toThrow(/found 3; put train-labels-idx1-ubyte there/);
      await rename(path("testLabels"), path("trainLabels"));
      await rename(join(folder, "aside"), path("testLabels"));
      await expect(loadMnist(folder, options)).rejects.toThrow(/train-labels.*expected 20 bytes.*found 12/);
      await writeFile(path("trainLabels"), smallFashion.trainLabels);
      await writeFile(path("testLabels"), smallFashion.testLabels);
      await truncate(path("testImages"), 100);
      await expect(loadMnist(folder, options)).rejects.toThrow(/t10k-images.*bytes unpacked, found 100/);
    });
    const magic = Uint8Array.from(smallFashion.testImages, (byte, i) => (i === 2 ? 13 : byte));
    expect(() => parseMnist({ ...smallFashion, testImages: magic })).toThrow(/magic number.*found 0xd03/);
    expect(() => parseMnist({ ...smallFashion, testLabels: smallFashion.trainLabels })).toThrow(
      /parseMnist: expected a label for each of the 4 test images, found 12/,
    );
  });
});

const data = process.env["LTU_DATA"];
const found = await findData(data, "mnist");
describe.skipIf(found.form !== "files")("loadMnist on the official files", () => {
  it("reads all 70,000 images, and the table of constants fits them", async () => {
    const { dataset, parts } = await loadMnist(data as string);
    expect([parts.train.length, parts.test.length]).toEqual([60_000, 10_000]);
    const { mean, std } = channelStatistics(dataset, parts.train);
    expect(mean[0]?.toFixed(4)).toBe(normalization.mnist.mean[0]?.toFixed(4));
    expect(std[0]?.toFixed(4)).toBe(normalization.mnist.std[0]?.toFixed(4));
  });
});
