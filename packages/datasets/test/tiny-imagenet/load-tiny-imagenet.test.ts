import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { ProgressEvent } from "@ltu/core";
import { describe, expect, it } from "vitest";

import { cutSplits, normalization, type DatasetName } from "../../src/index.ts";
import { findData, loadTinyImagenet, tinyImagenet20, tinyImagenet200 } from "../../src/node.ts";
import { writeFiles } from "../image-folder/small-image-folder.ts";
import { withFolder } from "../small-cifar10.ts";
import { plainJpeg, smallTinyImagenet, variantOf, writeTar, writeZip, zipOf } from "./small-tiny-imagenet.ts";

const real = process.env["LTU_DATA"];
const there = async (name: DatasetName) => (await findData(real, name)).form !== "absent";
const [realTwenty, realWhole] = [await there("tiny-imagenet-20"), await there("tiny-imagenet-200")];
const zipName = "tiny-imagenet-200.zip";
const official = smallTinyImagenet();
const zip = zipOf(official);
const unpack = (folder: string) => writeFiles(folder, Object.fromEntries(official));
const load = (folder: string, options = {}) => loadTinyImagenet(folder, { variant: variantOf(), ...options });

describe("loadTinyImagenet", () => {
  it("gives the same data from each form: zip, its path, tar, unpacked", async () => {
    const hashes = new Set<string>();
    const forms: ((folder: string) => Promise<[string, ReturnType<typeof variantOf>]>)[] = [
      async (folder) => [folder, await writeZip(join(folder, zipName), zip)],
      async (folder) => [join(folder, zipName), await writeZip(join(folder, zipName), zip)],
      async (folder) => {
        await mkdir(join(folder, "tiny-imagenet"));
        return [folder, await writeZip(join(folder, "tiny-imagenet", zipName), zip)];
      },
      async (folder) => {
        await writeTar(join(folder, "small.tar.gz"), official);
        return [folder, variantOf({ "small.tar.gz": await readFile(join(folder, "small.tar.gz")) })];
      },
      async (folder) => (await unpack(folder), [folder, variantOf()]),
      async (folder) => (
        await unpack(join(folder, "tiny-imagenet", "tiny-imagenet-200")),
        [folder, variantOf()]
      ),
    ];
    for (const form of forms) {
      await withFolder(async (folder) => {
        const [place, variant] = await form(folder);
        for (const cache of [false, true, true]) {
          hashes.add((await loadTinyImagenet(place, { variant, cache })).contentHash);
        }
      });
    }
    expect(hashes.size).toBe(1);
  });

  it("labels by sorted identifier, expands gray, and cuts the validation images in halves by number", async () => {
    await withFolder(async (folder) => {
      await unpack(folder);
      const events: ProgressEvent[] = [];
      const data = await load(folder, { onProgress: (event: ProgressEvent) => events.push(event) });
      const { dataset, parts, files } = data;
      expect(dataset.classNames).toEqual(["crane (n01000001)", "crane (n02000002)"]);
      expect(dataset.imageShape).toEqual([64, 64, 3]);
      expect(files).toEqual([
        ...[0, 1, 2].map((i) => `train/n01000001/images/n01000001_${i}.JPEG`),
        ...[0, 1, 2].map((i) => `train/n02000002/images/n02000002_${i}.JPEG`),
        ...[4, 6, 3, 5].map((i) => `val/images/val_${i}.JPEG`),
        ...[8, 10, 7, 9].map((i) => `val/images/val_${i}.JPEG`),
      ]);
      expect([...dataset.labels]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1]);
      const firsts = files.map((_, i) => dataset.pixels[i * 64 * 64 * 3] as number);
      const wanted = [110, 100, 130, 10, 20, 30, 160, 180, 150, 170, 200, 220, 190, 210];
      firsts.forEach((value, i) => expect(Math.abs(value - (wanted[i] as number))).toBeLessThanOrEqual(1));
      const gray = dataset.pixels.subarray(64 * 64 * 3, 2 * 64 * 64 * 3);
      expect(new Set(gray)).toEqual(new Set([100]));
      expect([...parts.train]).toEqual([0, 1, 2, 3, 4, 5]);
      expect([...(parts.val as Int32Array)]).toEqual([6, 7, 8, 9]);
      expect([...parts.test]).toEqual([10, 11, 12, 13]);
      expect(data.normalization).toBe(normalization["tiny-imagenet-200"]);
      expect(data.augmentation).toBe("crop-flip");
      expect(events.at(-1)).toEqual({ task: "load tiny-imagenet-200", step: 14, steps: 14 });

      const reference = await load(folder, { split: "reference" });
      expect(reference.files).toEqual(files.filter((_, i) => i < 6 || i >= 10));
      expect(reference.parts.val).toBeUndefined();
      expect([...reference.parts.test]).toEqual([6, 7, 8, 9]);
      // The same images test; validation has images of its own, or none, or takes them from training.
      const cut = (loaded: typeof data, val?: number) =>
        cutSplits(loaded, { splitSeed: 1, forget: 1, ...(val === undefined ? {} : { val }) });
      const filesOf = (loaded: typeof data, set: Int32Array) => [...set].map((i) => loaded.files[i]);
      const honestly = cut(data);
      expect([honestly.trainSet, honestly.valSet]).toEqual([parts.train, parts.val]);
      const asThere = cut(reference, 0);
      expect([asThere.trainSet.length, asThere.valSet.length]).toEqual([6, 0]);
      expect(filesOf(reference, asThere.testSet)).toEqual(filesOf(data, honestly.testSet));
      const held = cut(reference, 2);
      expect([held.trainSet.length, held.valSet.length]).toEqual([4, 2]);
      expect([...held.trainSet, ...held.valSet].sort((a, b) => a - b)).toEqual([...parts.train]);
    });
  });

  it("takes some classes, and of each some images, out of the whole", async () => {
    await withFolder(async (folder) => {
      const whole = await writeZip(join(folder, zipName), zip);
      const variant = { ...whole, name: "one", classes: 1, trainPerClass: 2, wnids: ["n02000002"] };
      const { dataset, files } = await loadTinyImagenet(folder, { variant });
      expect(files.slice(0, 3)).toEqual([
        "train/n02000002/images/n02000002_0.JPEG",
        "train/n02000002/images/n02000002_1.JPEG",
        "val/images/val_3.JPEG",
      ]);
      expect(dataset.classNames).toEqual(["crane"]);
    });
  });

  it("keeps decoded images beside the archive and in the folder", async () => {
    await withFolder(async (folder) => {
      const variant = await writeZip(join(folder, zipName), zip);
      await loadTinyImagenet(folder, { variant });
      expect(await readdir(folder)).toEqual([".ltu-cache", zipName]);
      await unpack(join(folder, "other"));
      const { contentHash } = await load(join(folder, "other"));
      await writeFiles(join(folder, "other"), { "val/images/val_3.JPEG": plainJpeg(0) });
      expect((await load(join(folder, "other"))).contentHash).not.toBe(contentHash);
    });
  });

  it("refuses an archive that is cut short, damaged, another one, or leads outside", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, zipName);
      const variant = await writeZip(path, zip);
      const fails = (message: RegExp) =>
        expect(loadTinyImagenet(folder, { variant })).rejects.toThrow(message);
      await truncate(path, zip.length - 100);
      await fails(
        /^loadTinyImagenet: .*zip: expected \d+ bytes, found \d+; fetch tiny-imagenet-200\.zip \(MD5 90528d.*\) again from http[^.]*\.stanford\.edu.*zip\.$/,
      );
      await writeFile(
        path,
        Uint8Array.from(zip, (byte, i) => (i === 5000 ? byte ^ 1 : byte)),
      );
      await fails(/expected MD5 [0-9a-f]{32}, found [0-9a-f]{32};/);

      // Archives whose sums hold, and which are no good all the same: nobody's sum protects an archive that is expected so.
      const bad = async (bytes: Uint8Array, message: RegExp) =>
        expect(loadTinyImagenet(folder, { variant: await writeZip(path, bytes) })).rejects.toThrow(message);
      await bad(
        zip.subarray(0, zip.length - 100),
        /expected a whole zip archive, found one that is damaged or breaks off \(/,
      );
      await bad(Buffer.from("not a zip"), /expected a whole zip archive/);
      const at = Buffer.from(zip).indexOf("n02000002_2.JPEG") + 200;
      await bad(
        Uint8Array.from(zip, (byte, i) => (i === at ? byte ^ 255 : byte)),
        /found one that is damaged or breaks off \(.*\)/,
      );
      for (const evil of ["../evil.txt", "a/../../evil.txt", "/evil.txt", "C:/evil.txt"]) {
        // A name of the same length, exchanged in both places where a zip has it.
        const longer = zipOf(new Map([...official, ["e".repeat(40), new Uint8Array(1)]]));
        const inner = Buffer.from(longer);
        const from = `tiny-imagenet-200/${"e".repeat(40)}`;
        const to = evil.padEnd(from.length, "e");
        for (let i = inner.indexOf(from); i >= 0; i = inner.indexOf(from, i + 1)) inner.write(to, i);
        await bad(inner, /expected paths inside the archive, found one that leads outside \(.*evil/);
      }
      expect(await readdir(folder)).toEqual([zipName]);
    });
    await withFolder(async (folder) => {
      const path = join(folder, "small.tar.gz");
      await writeTar(path, new Map([...official, ["../../evil.txt", new Uint8Array(1)]]));
      const variant = variantOf({ "small.tar.gz": await readFile(path) });
      await expect(loadTinyImagenet(folder, { variant })).rejects.toThrow(
        /found one that leads outside \(.*evil/,
      );
      await writeTar(path, official);
      const whole = await readFile(path);
      await writeFile(path, whole.subarray(0, whole.length - 50));
      const cut = variantOf({ "small.tar.gz": await readFile(path) });
      await expect(loadTinyImagenet(folder, { variant: cut })).rejects.toThrow(
        /expected a whole gzipped tar archive/,
      );
    });
  });

  it("refuses label files that are another file or do not fit", async () => {
    const annotations = Buffer.from(official.get("val/val_annotations.txt") as Uint8Array).toString();
    const boxes = official.get("train/n01000001/n01000001_boxes.txt") as Uint8Array;
    const cases: [string, Uint8Array | string, RegExp][] = [
      [
        "val/val_annotations.txt",
        boxes,
        /a validation image, once, and its class in each line of val_annotations\.txt, found "n01000001_0\.JPEG/,
      ],
      [
        "val/val_annotations.txt",
        official.get("wnids.txt") as Uint8Array,
        /in each line of val_annotations\.txt, found "n02000002"/,
      ],
      ["val/val_annotations.txt", annotations + annotations, /once.*val_10\.JPEG/],
      ["val/val_annotations.txt", annotations.replace("n01000001", "n09999999"), /its class in each line/],
      [
        "val/val_annotations.txt",
        annotations.replace("n01000001", "n02000002"),
        /4 validation images of each class in val_annotations\.txt, found 3 of n01000001/,
      ],
      [
        "val/val_annotations.txt",
        annotations.replace("val_3.", "val_99."),
        /14 images, found all but 1, val\/images\/val_99\.JPEG the first/,
      ],
      ["wnids.txt", "n01000001\nn02000002\nn03000003\n", /tiny-imagenet-200\.zip, or the unpacked/],
      [
        "wnids.txt",
        "n01000001\nn02000002\nn02000002\n",
        /expected 2 classes in wnids\.txt, each once, found 2 in 3 lines; fetch/,
      ],
      [
        "wnids.txt",
        "val_1.JPEG\nval_2.JPEG\n",
        /a WordNet identifier in each line of wnids\.txt, found "val_1\.JPEG"/,
      ],
    ];
    await withFolder(async (folder) => {
      for (const [name, bytes, message] of cases) {
        await unpack(folder);
        await writeFile(join(folder, name), bytes);
        const variant = { ...variantOf(), archives: tinyImagenet200.archives };
        await expect(loadTinyImagenet(folder, { variant })).rejects.toThrow(message);
      }
      await unpack(folder);
      const variant = { ...variantOf(), sha256: "0".repeat(64) };
      await expect(loadTinyImagenet(folder, { variant })).rejects.toThrow(
        /expected SHA-256 0{64} of its pictures and labels, found [0-9a-f]{64};/,
      );
    });
  });

  it("says what is missing, and names an image that does not decode or has another size", async () => {
    await withFolder(async (folder) => {
      await expect(loadTinyImagenet(folder)).rejects.toThrow(
        /expected tiny-imagenet-200\.zip, or the unpacked tiny-imagenet-200\/, found none of them; download http:/,
      );
      await expect(loadTinyImagenet(folder, { split: "honesty" as "honest" })).rejects.toThrow(
        /found "honesty"/,
      );
      await expect(load(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
      expect(await findData(folder, "tiny-imagenet-200")).toMatchObject({
        form: "absent",
        missing: [zipName],
      });
      await unpack(folder);
      expect((await findData(folder, "tiny-imagenet-200")).form).toBe("absent");
      await rm(join(folder, "words.txt"));
      await expect(load(folder)).rejects.toThrow(/found a folder without words\.txt;/);
      await unpack(folder);
      await rm(join(folder, "train/n01000001/images/n01000001_2.JPEG"));
      await expect(load(folder)).rejects.toThrow(
        /found all but 1, train\/n01000001\/images\/n01000001_2\.JPEG the first/,
      );
      await unpack(folder);
      await writeFile(join(folder, "val/images/val_5.JPEG"), plainJpeg(5).subarray(0, 300));
      await expect(load(folder)).rejects.toThrow(
        /val\/images\/val_5\.JPEG: expected a PNG or JPEG picture, found a JPEG that does not decode/,
      );
      const { dataset, files, skipped, parts } = await load(folder, { skipBroken: true });
      expect(dataset.size).toBe(13);
      expect(skipped.map(({ file }) => file)).toEqual(["val/images/val_5.JPEG"]);
      expect([...(parts.val ?? [])].map((i) => files[i])).toEqual(
        [4, 6, 3].map((i) => `val/images/val_${i}.JPEG`),
      );
      for (const i of [0, 1, 2]) {
        await writeFile(join(folder, `train/n01000001/images/n01000001_${i}.JPEG`), "no picture");
      }
      await expect(load(folder, { skipBroken: true })).rejects.toThrow(
        /expected a picture to train on in each class, found none in crane \(n01000001\);/,
      );
      await rm(join(folder, "train/n01000001"), { recursive: true });
      await expect(load(folder, { skipBroken: true })).rejects.toThrow(
        /14 images, found all but 3, train\/n01000001\/images\/n01000001_0\.JPEG the first;/,
      );
      await unpack(folder);
      await writeFile(join(folder, "val/images/val_5.JPEG"), plainJpeg(5, 32));
      await expect(load(folder)).rejects.toThrow(
        /val_5\.JPEG: .* found a picture of 32x32 in place of 64x64;/,
      );
    });
  });

  it.runIf(realTwenty)("reads the 20 classes of LTU_DATA, with their gray images", async () => {
    const data = await loadTinyImagenet(real as string, { variant: tinyImagenet20, cache: false });
    expect(data.contentHash).toBe("e8be664652a841a92d6a4c8468cb3827f7720f79407485281ba9f12686c8e859");
    const { dataset, parts } = data;
    expect([parts.train.length, parts.val?.length, parts.test.length]).toEqual([2000, 500, 500]);
    for (const set of [parts.train, parts.val as Int32Array, parts.test]) {
      const counts = new Int32Array(20);
      for (const i of set) counts[dataset.labels[i] as number]! += 1;
      expect(new Set(counts).size).toBe(1);
    }
    const stride = 64 * 64 * 3;
    const gray = Array.from({ length: dataset.size }, (_, i) =>
      dataset.pixels.subarray(i * stride, (i + 1) * stride),
    ).filter((image) => image.every((value, p) => value === image[p - (p % 3)]));
    // About 1.4 % of the images have one channel.
    expect(gray.length).toBeGreaterThan(20);
    expect(gray.length).toBeLessThan(80);
    expect(dataset.classNames.slice(0, 2)).toEqual(["goldfish", "centipede"]);
  });
  it.runIf(realWhole)(
    "finds all of Tiny-ImageNet in LTU_DATA",
    async () => {
      const data = await loadTinyImagenet(real as string, { cache: false });
      expect([data.parts.train.length, data.parts.test.length]).toEqual([100_000, 5000]);
    },
    600_000,
  );
  it("has sums of what each variant must be", () => {
    expect(tinyImagenet200.archives[0]).toMatchObject({ bytes: 248_100_043 });
    expect(tinyImagenet20.wnids?.length).toBe(20);
  });
});
