import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { cifar100RecordBytes, normalization } from "../src/index.ts";
import { findData, loadCifar100 } from "../src/node.ts";
import { heldArrays } from "./held-arrays.ts";
import { md5Of, withFolder } from "./small-cifar10.ts";
import {
  smallCifar100,
  smallCifar100Table,
  writeSmallCifar100,
  writeSmallCifar100Archive,
} from "./small-cifar100.ts";

const files = smallCifar100Table;
const archiveName = "cifar-100-binary.tar.gz";

describe("loadCifar100", () => {
  it("gives the same data from each form, with fine and coarse labels", async () => {
    const hashes = new Set<string>();
    const prepare = [
      (folder: string) => writeSmallCifar100(folder),
      (folder: string) => writeSmallCifar100(join(folder, "cifar-100-binary"), true),
      (folder: string) => writeSmallCifar100Archive(join(folder, archiveName)),
    ];
    for (const form of prepare) {
      await withFolder(async (folder) => {
        await form(folder);
        const data = await loadCifar100(folder, { files });
        hashes.add(data.contentHash);
        expect([...data.dataset.labels]).toEqual([3, 40, 77, 14, 11, 48]);
        expect([...data.coarseLabels]).toEqual([0, 8, 15, 2, 2, 9]);
        expect([...data.parts.test]).toEqual([4, 5]);
        const first = smallCifar100.get("train.bin") as Uint8Array;
        expect([...data.dataset.pixels.subarray(0, 3)]).toEqual([first[2], first[1026], first[2050]]);
        expect(data.normalization).toBe(normalization.cifar100);
        const coarse = await loadCifar100(folder, { files, labels: "coarse" });
        expect(coarse.dataset.labels).toEqual(data.coarseLabels);
        expect(coarse.dataset.classNames[8]).toBe("coarse_8");
        expect(coarse.fineLabels).toEqual(data.fineLabels);
        expect((await findData(folder, "cifar100")).form).toMatch(/files|archive/);
      });
    }
    expect(hashes.size).toBe(1);
  });

  it("refuses what is missing, cut short, swapped or changed", async () => {
    await withFolder(async (folder) => {
      await expect(loadCifar100(folder, { files })).rejects.toThrow(/found none of them; download https/);
      expect((await findData(folder, "cifar100")).form).toBe("absent");
      await writeSmallCifar100(folder);
      await rm(join(folder, "test.bin"));
      await expect(loadCifar100(folder, { files })).rejects.toThrow(/found all but test\.bin;/);
      await writeFile(join(folder, "test.bin"), smallCifar100.get("train.bin") as Uint8Array);
      await expect(loadCifar100(folder, { files })).rejects.toThrow(/expected 6148 bytes.*found 12296/);
      const changed = Uint8Array.from(smallCifar100.get("test.bin") as Uint8Array, (byte, i) =>
        i ? byte : 19,
      );
      await writeFile(join(folder, "test.bin"), changed);
      await expect(loadCifar100(folder, { files })).rejects.toThrow(/test\.bin: expected MD5/);
      await writeFile(join(folder, "test.bin"), smallCifar100.get("test.bin") as Uint8Array);
      await truncate(join(folder, "train.bin"), 3000);
      await expect(loadCifar100(folder, { files })).rejects.toThrow(/train\.bin: expected 12296.*found 3000/);
      await writeSmallCifar100(folder);
      const [fine, coarse] = ["fine_label_names.txt", "coarse_label_names.txt"];
      await writeFile(join(folder, fine as string), smallCifar100.get(coarse as string) as Uint8Array);
      await expect(loadCifar100(folder, { files })).rejects.toThrow(/100 class names in fine.*found 20/);
      const again = Buffer.from(smallCifar100.get(fine as string) as Uint8Array)
        .toString()
        .replace("fine_7\n", "fine_8\n");
      await writeFile(join(folder, fine as string), again);
      await expect(loadCifar100(folder, { files })).rejects.toThrow(/found "fine_8" twice;/);
    });
    await withFolder(async (folder) => {
      await writeSmallCifar100(folder, true);
      const names = join(folder, "fine_label_names.txt.gz");
      await truncate(names, 40);
      await expect(loadCifar100(folder, { files })).rejects.toMatchObject({
        code: "DATA",
        message: expect.stringMatching(
          /fine_label_names\.txt\.gz: expected class names, found a file that cannot be read \(.*\); fetch cifar-100/,
        ),
      });
    });
  });

  it("tells how far it is, and holds one copy of the images while it reads", async () => {
    const counts = { train: 3000, test: 1000 };
    const bytes = { train: new Uint8Array(0), test: new Uint8Array(0) };
    const large = files.map((file) => {
      const content = new Uint8Array(counts[file.part] * cifar100RecordBytes);
      bytes[file.part] = content;
      return { ...file, records: counts[file.part], md5: md5Of(content) };
    });
    const pixels = 4000 * 3072;
    await withFolder(async (folder) => {
      await writeSmallCifar100(folder);
      for (const { name, part } of large) await writeFile(join(folder, name), bytes[part]);
      const steps: number[] = [];
      const held = await heldArrays((onProgress) =>
        loadCifar100(folder, {
          files: large,
          onProgress: (event) => {
            expect(event).toMatchObject({ task: "load cifar100", steps: 4000 });
            steps.push(event.step);
            onProgress(event);
          },
        }),
      );
      expect(steps.length).toBe(4);
      expect(steps.at(-1)).toBe(4000);
      expect(held).toBeGreaterThan(pixels / 2);
      // Pieces of 256 KiB are on their way; the smaller file has 3 MB.
      expect(held).toBeLessThan(pixels + 1.4e6);
      const stop = new AbortController();
      const stopped = loadCifar100(folder, {
        files: large,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      });
      await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
    });
  });

  it("refuses labels that are no class, also those that nobody asked for", async () => {
    for (const [at, value] of [
      [0, 20],
      [1, 100],
    ] as const) {
      await withFolder(async (folder) => {
        await writeSmallCifar100(folder);
        const test = Uint8Array.from(smallCifar100.get("test.bin") as Uint8Array);
        test[cifar100RecordBytes + at] = value;
        await writeFile(join(folder, "test.bin"), test);
        const own = files.map((file) => (file.name === "test.bin" ? { ...file, md5: md5Of(test) } : file));
        for (const labels of ["fine", "coarse"] as const) {
          await expect(loadCifar100(folder, { files: own, labels })).rejects.toThrow(
            /expected coarse labels from 0 to 19 and fine ones from 0 to 99, found \d+ and \d+ for image 5;/,
          );
        }
      });
    }
  });

  it("refuses an archive that breaks off, lacks a file or leads outside", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, archiveName);
      await writeSmallCifar100Archive(path, "test.bin");
      await expect(loadCifar100(folder, { files })).rejects.toThrow(
        /expected train\.bin, test\.bin in it, found none of test\.bin;/,
      );
      await writeSmallCifar100Archive(path, "", "cifar-100-binary/../../evil.txt");
      await expect(loadCifar100(folder, { files })).rejects.toThrow(
        /expected paths inside the archive, found one that leads outside \(cifar-100-binary\/\.\.\/\.\.\/evil\.txt\)/,
      );
      await writeSmallCifar100Archive(path);
      const whole = await readFile(path);
      for (const share of [0, 0.3, 0.8]) {
        await writeFile(path, whole.subarray(0, Math.floor(share * whole.length)));
        await expect(loadCifar100(path, { files })).rejects.toMatchObject({ code: "DATA" });
      }
    });
  });
});
