import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { LoadedData } from "@ltu/datasets";
import { describe, expect, it } from "vitest";

import { parseExperiment, type Experiment } from "../src/config.ts";
import { dataName, loadData, skippedLines, unreadLines, type DataOptions } from "../src/load-data.ts";
import { loadOnce } from "../src/study/load-once.ts";
import { drawPictures } from "./draw-pictures.ts";
import { temporaryFolder, tinyExperiment } from "./run-bench.ts";

const experimentOn = (name: string, options: object = {}, own: object = {}): Experiment =>
  parseExperiment({ ...tinyExperiment, ...own, data: { name, train: 8, val: 4, test: 4, options } }, "test");
const from = (folder: string | undefined, own: Partial<DataOptions> = {}): DataOptions => ({
  folder,
  download: false,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...own,
});

describe("loadData", () => {
  it("reads a folder of pictures, its test part drawn by the split's seed", async () => {
    const folder = temporaryFolder();
    drawPictures(folder, 10);
    const options = { size: [4, 6], channels: 1, testShare: 0.3, augmentation: "crop-flip" };
    const load = (own: object) => loadData(experimentOn("image-folder", options, own), from(folder));
    const data = await load({ seed: 3 });
    expect(data.dataset.classNames).toEqual(["cats", "dogs"]);
    expect(data.dataset.imageShape).toEqual([4, 6, 1]);
    expect([data.parts.train.length, data.parts.test.length]).toEqual([14, 6]);
    expect(data.augmentation).toBe("crop-flip");
    expect((await load({ seed: 8, splitSeed: 3 })).parts).toEqual(data.parts);
    expect((await load({ seed: 8 })).parts).not.toEqual(data.parts);
  });

  it("leaves out what does not decode only when asked to, and says which", async () => {
    const folder = temporaryFolder();
    drawPictures(folder, 6);
    writeFileSync(join(folder, "cats", "note.png"), "no picture");
    const experiment = experimentOn("image-folder", { size: 8 });
    await expect(loadData(experiment, from(folder))).rejects.toThrow(/cats\/note\.png: .*--skip-broken/);
    const data = await loadData(experiment, from(folder, { skipBroken: true }));
    expect(data.dataset.size).toBe(12);
    expect(skippedLines(data)).toEqual([
      "skipped   files that do not decode: 1",
      "          cats/note.png: a file that is neither PNG nor JPEG",
    ]);
    expect(skippedLines(await loadData(experimentOn("synthetic"), from(undefined)))).toEqual([]);
  });

  it("leaves out pictures only of data sets that have some", async () => {
    for (const name of ["synthetic", "fashion-mini", "cifar10"]) {
      await expect(loadData(experimentOn(name), from(undefined, { skipBroken: true }))).rejects.toThrow(
        new RegExp(`--skip-broken: expected .*image-folder, .*found "tiny" on ${name}; leave it out`),
      );
    }
  });

  it("names an option that the data set does not have, and passes on what the loader says of its values", async () => {
    const name = (data: string, options: object) => () => dataName(experimentOn(data, options));
    expect(name("image-folder", { side: 8 })).toThrow(
      /data\.options of image-folder are size, channels, fit, augmentation, testShare, found "side";/,
    );
    expect(name("mnist", { size: 8 })).toThrow(
      /data\.options must be empty for mnist, found "size"; remove it\./,
    );
    expect(name("tiny-imagenet-20", { splt: "honest" })).toThrow(/did you mean "split"/);
    expect(name("synthetic", { duplicateShare: 0.1 })()).toBe("synthetic");
    const folder = temporaryFolder();
    await expect(loadData(experimentOn("image-folder"), from(folder))).rejects.toThrow(/size must be/);
    await expect(loadData(experimentOn("image-folder", { size: 8 }), from(folder))).rejects.toThrow(
      /expected a sub-folder for each of two or more classes, found none;/,
    );
    for (const variant of ["tiny-imagenet-20", "tiny-imagenet-200"]) {
      await expect(loadData(experimentOn(variant), from(folder))).rejects.toThrow(
        /tiny-imagenet-200\.zip.* found none of them; download/,
      );
      await expect(loadData(experimentOn(variant, { split: "val" }), from(folder))).rejects.toThrow(
        /split must be "honest" or "reference", found "val"/,
      );
      await expect(loadData(experimentOn(variant), from(undefined))).rejects.toThrow(
        /no data folder was given/,
      );
    }
  });
});

describe("loadData with --download", () => {
  it("says that it fetches cifar10 alone where other data is missing, and is quiet where none is", async () => {
    const folder = temporaryFolder();
    for (const name of ["cifar100", "fashion-mnist", "mnist", "tiny-imagenet-20", "image-folder"]) {
      await expect(
        loadData(
          experimentOn(name, name === "image-folder" ? { size: 8 } : {}),
          from(folder, { download: true }),
        ),
        name,
      ).rejects.toMatchObject({
        code: "DATA",
        message: `data: --download fetches cifar10 alone, found an experiment on ${name} and none of it in ${folder}; leave --download out to be told what to put there.`,
      });
    }
    drawPictures(folder, 6);
    const { dataset } = await loadData(
      experimentOn("image-folder", { size: 8 }),
      from(folder, { download: true }),
    );
    expect(dataset.size).toBe(12);
    await loadData(experimentOn("synthetic"), from(undefined, { download: true }));
  });
});

describe("unreadLines", () => {
  it("tell who names a data folder that nothing is read from", () => {
    expect(unreadLines(experimentOn("fashion-mini"), "/data")).toEqual([
      "note      fashion-mini needs no files: nothing is read from --data; --experiment names another experiment",
    ]);
    expect(unreadLines(experimentOn("fashion-mini"), undefined)).toEqual([]);
    expect(unreadLines(experimentOn("cifar10"), "/data")).toEqual([]);
  });
});

describe("loadOnce", () => {
  it("loads again for other options or another seed of what a seed decides, and never otherwise", async () => {
    const asked: string[] = [];
    const load = loadOnce(({ data, seed }) => {
      asked.push(`${data.name} ${JSON.stringify(data.options)} ${seed}`);
      return Promise.resolve({ dataset: { pixels: new Uint8Array(1) } } as LoadedData);
    });
    for (const seed of [1, 2, 1]) {
      for (const size of [8, 16]) await load(experimentOn("image-folder", { size }, { seed }));
      await load(experimentOn("mnist", {}, { seed }));
    }
    expect(asked).toEqual([
      'image-folder {"size":8} 1',
      'image-folder {"size":16} 1',
      "mnist {} 1",
      'image-folder {"size":8} 2',
      'image-folder {"size":16} 2',
    ]);
  });

  it("holds the pictures of a folder once, whatever seeds deal them out", async () => {
    const folder = temporaryFolder();
    drawPictures(folder, 6);
    const load = loadOnce((experiment) => loadData(experiment, from(folder)));
    const of = (seed: number, size = 8) => load(experimentOn("image-folder", { size }, { seed }));
    const [one, two, other] = [await of(1), await of(2), await of(1, 4)];
    expect(two.parts).not.toEqual(one.parts);
    expect(two.dataset.pixels).toBe(one.dataset.pixels);
    expect([two.contentHash, two.normalization]).not.toEqual([one.contentHash, one.normalization]);
    expect(other.dataset.pixels).not.toEqual(one.dataset.pixels);
  });
});
