import { once } from "node:events";
import { chmod, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import { isLtuError, type ProgressEvent } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { channelStatistics } from "../../src/index.ts";
import { loadImageFolder, type LoadImageFolderOptions } from "../../src/node.ts";
import { encodePng, plainPng, rampJpeg } from "../images/small-pictures.ts";
import { withFolder } from "../small-cifar10.ts";
import { catsAndDogs, writeFiles } from "./small-image-folder.ts";

const options: LoadImageFolderOptions = { size: 4, splitSeed: 1 };
const withPictures = (files: Record<string, Uint8Array | string>, use: (folder: string) => Promise<void>) =>
  withFolder(async (folder) => {
    await writeFiles(folder, files);
    await use(folder);
  });
const cacheOf = async (folder: string) =>
  (await readdir(join(folder, ".ltu-cache"))).map((name) => join(folder, ".ltu-cache", name));

describe("loadImageFolder", () => {
  it("reads classes, labels, files and pixels, and draws a fifth of each class for testing", async () => {
    await withPictures(catsAndDogs(10), async (folder) => {
      const data = await loadImageFolder(folder, options);
      const { dataset, parts, files } = data;
      expect(dataset.classNames).toEqual(["cats", "dogs"]);
      expect(dataset.imageShape).toEqual([4, 4, 3]);
      expect([...dataset.labels]).toEqual([...Array(10).fill(0), ...Array(10).fill(1)]);
      expect(files.slice(0, 2)).toEqual(["cats/0.png", "cats/1.png"]);
      files.forEach((file, i) => {
        const value = (file.startsWith("cats") ? 10 : 200) + Number(/\d+/.exec(file)?.[0]);
        expect(new Set(dataset.pixels.subarray(i * 48, (i + 1) * 48))).toEqual(new Set([value]));
      });
      expect([...parts.test].map((i) => dataset.labels[i])).toEqual([0, 0, 1, 1]);
      expect(parts.train.length).toBe(16);
      expect(parts.val).toBeUndefined();
      expect(data.normalization).toEqual(channelStatistics(dataset, parts.train));
      expect(data.augmentation).toBe("none");
    });
  });

  it("mixes formats and sizes, gray and colour, and follows links", async () => {
    const colour = encodePng({ width: 2, height: 1, colorType: 2, samples: [255, 0, 0, 255, 0, 0] });
    await withPictures(
      { "a/1.png": colour, "a/deep/2": rampJpeg.gray, "b/1.jpeg": plainPng(9) },
      async (folder) => {
        await symlink(join(folder, "a"), join(folder, "c"));
        const { dataset, files } = await loadImageFolder(folder, { ...options, size: [2, 1], channels: 1 });
        expect(files).toEqual(["a/1.png", "a/deep/2", "b/1.jpeg", "c/1.png", "c/deep/2"]);
        expect(dataset.imageShape).toEqual([2, 1, 1]);
        // Red is 76 in gray; the middle of a ramp from 0 to 224 is 112.
        expect([...dataset.pixels.subarray(0, 2)]).toEqual([76, 76]);
        for (const value of dataset.pixels.subarray(2, 4)) expect(Math.abs(value - 112)).toBeLessThan(4);
        expect([...dataset.pixels.subarray(4, 6)]).toEqual([9, 9]);
      },
    );
  });

  it("takes train/, val/ and test/ as they are", async () => {
    const files: Record<string, Uint8Array> = {};
    for (const part of ["train", "val", "test"])
      for (const [name, bytes] of Object.entries(catsAndDogs(2))) files[`${part}/${name}`] = bytes;
    await withPictures(files, async (folder) => {
      const { parts, files: names } = await loadImageFolder(folder, { size: 4 });
      const partOf = (set: Int32Array | undefined) =>
        new Set([...(set ?? [])].map((i) => names[i]?.split("/")[0]));
      expect([parts.train, parts.val, parts.test].map((set) => set?.length)).toEqual([4, 4, 4]);
      expect([partOf(parts.train), partOf(parts.val), partOf(parts.test)]).toEqual([
        new Set(["train"]),
        new Set(["val"]),
        new Set(["test"]),
      ]);
      await expect(loadImageFolder(folder, { size: 4, testShare: 0.5 })).rejects.toThrow(
        /testShare is for folders without parts, found 0.5 for .*; leave it out/,
      );
    });
  });

  it("draws the test part of a class by seed, name and count alone: disjoint, covering, of the asked size", async () => {
    await withPictures({ ...catsAndDogs(7), "birds/0.png": plainPng(3) }, async (folder) => {
      const testFiles = async (splitSeed: number, testShare: number) => {
        const { parts, files, dataset } = await loadImageFolder(folder, { size: 1, splitSeed, testShare });
        expect([...parts.train, ...parts.test].sort((a, b) => a - b)).toEqual([...files.keys()]);
        const perClass = dataset.classNames.map(
          (_, k) => parts.test.filter((i) => dataset.labels[i] === k).length,
        );
        const wanted = Math.min(6, Math.max(1, Math.round(7 * testShare)));
        // The one bird has to train.
        expect(perClass).toEqual([0, wanted, wanted]);
        return [...parts.test].map((i) => files[i]);
      };
      await fc.assert(
        fc.asyncProperty(
          fc.nat(1000),
          fc.double({ min: 0.01, max: 0.99, noNaN: true }),
          async (seed, share) => {
            expect(await testFiles(seed, share)).toEqual(await testFiles(seed, share));
          },
        ),
        { numRuns: 20 },
      );
      const before = await testFiles(1, 0.4);
      expect(await testFiles(2, 0.4)).not.toEqual(before);
      await writeFiles(folder, { "birds/1.png": plainPng(4), "birds/2.png": plainPng(5) });
      const { parts, files } = await loadImageFolder(folder, { size: 1, splitSeed: 1, testShare: 0.4 });
      const after = [...parts.test].map((i) => files[i]);
      expect(after.filter((file) => !file?.startsWith("birds"))).toEqual(before);
    });
  });

  it("keeps decoded pictures beside the data, and makes them again when anything changed", async () => {
    await withPictures(catsAndDogs(), async (folder) => {
      const first = await loadImageFolder(folder, options);
      const [path] = (await cacheOf(folder)) as [string];
      const whole = await readFile(path);

      // A cache that is whole stays as it is.
      expect((await loadImageFolder(folder, options)).contentHash).toBe(first.contentHash);
      expect(await readFile(path)).toEqual(whole);

      // Damaged in any place: made again.
      for (const at of [0, 30, whole.length - 1]) {
        await writeFile(
          path,
          Uint8Array.from(whole, (byte, i) => (i === at ? byte ^ 1 : byte)),
        );
        expect((await loadImageFolder(folder, options)).contentHash).toBe(first.contentHash);
        expect(await readFile(path)).toEqual(whole);
      }
      for (const length of [0, 10, 100, whole.length - 1]) {
        await truncate(path, length);
        expect((await loadImageFolder(folder, options)).contentHash).toBe(first.contentHash);
        expect(await readFile(path)).toEqual(whole);
      }

      // Other files, another size, another fit: other keys.
      await writeFiles(folder, { "cats/0.png": plainPng(99) });
      const changed = await loadImageFolder(folder, options);
      expect(changed.dataset.pixels[0]).toBe(99);
      await loadImageFolder(folder, { ...options, size: 3 });
      await loadImageFolder(folder, { ...options, fit: "stretch" });
      const names = await cacheOf(folder);
      expect(names.length).toBe(4);
      expect(names.every((name) => name.endsWith(".pixels"))).toBe(true);
    });
  });

  it("reads the cache in place of the pictures", async () => {
    await withPictures(catsAndDogs(), async (folder) => {
      const events: ProgressEvent[] = [];
      const onProgress = (event: ProgressEvent) => events.push(event);
      const stepsOf = (task: string) => events.filter((event) => event.task === task).map(({ step }) => step);
      const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
      await loadImageFolder(folder, { ...options, onProgress });
      expect([stepsOf("check image-folder"), stepsOf("load image-folder")]).toEqual([all, all]);
      expect(events.length).toBe(20);
      events.length = 0;
      await loadImageFolder(folder, { ...options, onProgress });
      expect([stepsOf("check image-folder"), stepsOf("load image-folder")]).toEqual([all, [10]]);
      events.length = 0;
      await loadImageFolder(folder, { ...options, onProgress, cache: false });
      expect([stepsOf("check image-folder"), stepsOf("load image-folder")]).toEqual([[], all]);
    });
  });

  it("works without a cache, and where none can be written", async () => {
    await withPictures(catsAndDogs(), async (folder) => {
      const { contentHash } = await loadImageFolder(folder, { ...options, cache: false });
      expect(await readdir(folder)).toEqual(["cats", "dogs"]);
      await chmod(folder, 0o555);
      expect((await loadImageFolder(folder, options)).contentHash).toBe(contentHash);
      expect(await readdir(folder)).toEqual(["cats", "dogs"]);
      await chmod(folder, 0o755);
      // A file in its place: no folder can be made.
      await writeFile(join(folder, ".ltu-cache"), "");
      expect((await loadImageFolder(folder, options)).contentHash).toBe(contentHash);
    });
  });

  it("names a file that does not decode, and leaves it out with skipBroken, from the cache as well", async () => {
    const broken = {
      ...catsAndDogs(),
      "cats/1.png": plainPng(3).subarray(0, 50),
      "dogs/note.txt": "no picture",
    };
    await withPictures(broken, async (folder) => {
      await expect(loadImageFolder(folder, options)).rejects.toThrow(
        /^loadImageFolder: .*: cats\/1\.png: expected a PNG or JPEG picture, found a PNG that does not decode \(.*\); replace or remove the file, or leave such files out with skipBroken \(--skip-broken\)\.$/,
      );
      for (let run = 0; run < 2; run++) {
        const { dataset, files, skipped, parts } = await loadImageFolder(folder, {
          ...options,
          skipBroken: true,
        });
        expect(dataset.size).toBe(9);
        expect(files).toEqual(
          [0, 2, 3, 4].map((i) => `cats/${i}.png`).concat([0, 1, 2, 3, 4].map((i) => `dogs/${i}.png`)),
        );
        expect(files.map((_, i) => dataset.pixels[i * 48])).toEqual([
          10, 12, 13, 14, 200, 201, 202, 203, 204,
        ]);
        expect(skipped.map(({ file }) => file)).toEqual(["cats/1.png", "dogs/note.txt"]);
        expect(skipped[1]?.reason).toBe("a file that is neither PNG nor JPEG");
        expect(parts.train.length + parts.test.length).toBe(9);
      }
      // A damaged list of what was left out would shift the labels of all that follows: decoded again.
      const [path] = (await cacheOf(folder)) as [string];
      const whole = await readFile(path);
      const at = whole.indexOf('"position":1,') + '"position":'.length;
      expect(at).toBeGreaterThan(20);
      await writeFile(
        path,
        Uint8Array.from(whole, (byte, i) => (i === at ? byte + 1 : byte)),
      );
      const { skipped } = await loadImageFolder(folder, { ...options, skipBroken: true });
      expect(skipped.map(({ file }) => file)).toEqual(["cats/1.png", "dogs/note.txt"]);
      expect(await readFile(path)).toEqual(whole);
      // What was left out once is still an error for who did not ask for that.
      await expect(loadImageFolder(folder, options)).rejects.toThrow(/cats\/1\.png: expected a PNG/);
      await writeFiles(folder, Object.fromEntries([0, 2, 3, 4].map((i) => [`cats/${i}.png`, "x"])));
      await expect(loadImageFolder(folder, { ...options, skipBroken: true })).rejects.toThrow(
        /expected a picture to train on in each class, found none in cats;/,
      );
    });
  });

  it("refuses a class that is empty, two with one name, and what is no file", async () => {
    const fails = (own: Record<string, Uint8Array | string>, message: RegExp) =>
      withPictures({ ...catsAndDogs(), ...own }, (folder) =>
        expect(loadImageFolder(folder, options)).rejects.toThrow(message),
      );
    await fails({ "birds/": "" }, /expected a picture in each class, found birds empty; fill or remove/);
    await fails({ "birds/.hidden.png": plainPng(1) }, /found birds empty;/);
    await fails(
      { "Cats/1.png": plainPng(1) },
      /expected a name of its own for each class, found Cats and cats; rename one, or put both in one\.$/,
    );
    await withPictures(catsAndDogs(), async (folder) => {
      const socket = createServer().listen(join(folder, "cats", "9.png"));
      await once(socket, "listening");
      await expect(loadImageFolder(folder, options)).rejects.toThrow(
        /cats\/9\.png: expected a file or a folder, found neither; make it readable, or take it out\.$/,
      );
      socket.close();
    });
  });

  it("refuses what leaves a class without training pictures, or nothing to test on", async () => {
    const files = {
      "train/cats/0.png": plainPng(1),
      "train/dogs/0.png": plainPng(2),
      "test/cats/0.png": plainPng(3),
      "test/dogs/0.png": plainPng(4),
    };
    const fails = (own: Record<string, string>, message: RegExp) =>
      withPictures({ ...files, ...own }, async (folder) => {
        await expect(loadImageFolder(folder, { size: 4, skipBroken: true })).rejects.toThrow(message);
      });
    await fails({ "train/cats/0.png": "x" }, /picture to train on in each class, found none in cats;/);
    await fails(
      { "test/cats/0.png": "x", "test/dogs/0.png": "x" },
      /expected a picture to test on, found 2 pictures that all train;/,
    );
    // One picture in each class: none is drawn for testing.
    await withPictures(catsAndDogs(1), async (folder) => {
      await expect(loadImageFolder(folder, options)).rejects.toThrow(
        /expected a picture to test on, found 2/,
      );
    });
  });

  it("stops on request", async () => {
    await withPictures(catsAndDogs(), async (folder) => {
      const stopped = AbortSignal.abort();
      await expect(loadImageFolder(folder, { ...options, signal: stopped })).rejects.toMatchObject({
        code: "ABORTED",
      });
      const controller = new AbortController();
      const onProgress = ({ task, step }: ProgressEvent) =>
        task === "load image-folder" && step === 3 && controller.abort();
      await expect(
        loadImageFolder(folder, { ...options, onProgress, signal: controller.signal }),
      ).rejects.toMatchObject({ code: "ABORTED" });
      const early = new AbortController();
      await expect(
        loadImageFolder(folder, { ...options, onProgress: () => early.abort(), signal: early.signal }),
      ).rejects.toMatchObject({ code: "ABORTED" });
      expect(await readdir(folder)).toEqual(["cats", "dogs"]);
    });
  });

  it("names the option or the folder that does not fit", async () => {
    await withPictures(catsAndDogs(), async (folder) => {
      const cases: [Partial<Record<keyof LoadImageFolderOptions, unknown>>, string, RegExp][] = [
        [{ size: 0 }, "OPTION", /size must be a side or \[height, width\] in whole pixels, found 0;/],
        [{ size: undefined }, "OPTION", /size must be .* found none;/],
        [{ size: [4] }, "OPTION", /size/],
        [{ size: 2.5 }, "OPTION", /size/],
        [{ channels: 4 }, "OPTION", /channels must be 1 or 3, found 4;/],
        [{ fit: "fill" }, "OPTION", /fit must be "crop" or "stretch", found fill;/],
        [{ size: "32" }, "OPTION", /found "32";/],
        [{ augmentation: "flip" }, "OPTION", /augmentation must be "crop-flip" or "none", found flip;/],
        [{ testShare: 1 }, "OPTION", /testShare must be above 0 and below 1, found 1;/],
        [{ splitSeed: -1 }, "OPTION", /splitSeed/],
        [
          { splitSeed: undefined },
          "OPTION",
          /splitSeed must be given for .*, which has no train\/ and test\//,
        ],
      ];
      for (const [wrong, code, message] of cases) {
        const error: unknown = await loadImageFolder(folder, {
          ...options,
          ...wrong,
        } as LoadImageFolderOptions).catch((caught: unknown) => caught);
        expect(isLtuError(error) && error.code).toBe(code);
        expect((error as Error).message).toMatch(message);
      }
      await expect(loadImageFolder(join(folder, "nowhere"), options)).rejects.toThrow(
        /expected a folder with a sub-folder for each class, found nothing there;/,
      );
      await expect(loadImageFolder(join(folder, "cats", "0.png"), options)).rejects.toThrow(/found a file;/);
      await expect(loadImageFolder(join(folder, "cats"), options)).rejects.toThrow(/found none;/);
    });
  });
});
