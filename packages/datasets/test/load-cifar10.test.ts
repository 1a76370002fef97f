import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { ProgressEvent } from "@ltu/core";
import { describe, expect, it } from "vitest";

import {
  channelStatistics,
  cifar10ClassNames,
  cifar10RecordBytes,
  normalization,
  parseCifar10Records,
} from "../src/index.ts";
import { loadCifar10 } from "../src/node.ts";
import { heldArrays } from "./held-arrays.ts";
import {
  md5Of,
  smallFiles,
  smallTable,
  withFolder,
  writeSmallArchive,
  writeSmallFolder,
} from "./small-cifar10.ts";

const archiveName = "cifar-10-binary.tar.gz";
const unpacked = "cifar-10-batches-bin";
const options = { files: smallTable };
const all = [...smallFiles.values()];
const wanted = parseCifar10Records({ train: all.slice(0, 5), test: all.slice(5) });

describe("loadCifar10", () => {
  it("gives the same data from each form: archive, folder, root, plain, gzipped, mixed", async () => {
    const forms: [string, (folder: string) => Promise<string>][] = [
      ["archive", async (folder) => (await writeSmallArchive(join(folder, archiveName)), folder)],
      [
        "path of the archive",
        async (folder) => (await writeSmallArchive(join(folder, archiveName)), join(folder, archiveName)),
      ],
      ["files in the folder", async (folder) => (await writeSmallFolder(folder), folder)],
      ["files in a root", async (folder) => (await writeSmallFolder(join(folder, unpacked)), folder)],
      ["gzipped", async (folder) => (await writeSmallFolder(folder, { gzipped: () => true }), folder)],
      [
        "mixed",
        async (folder) => {
          await writeSmallFolder(join(folder, unpacked), { gzipped: (name) => /[135]/.test(name) });
          return folder;
        },
      ],
    ];
    for (const [form, prepare] of forms) {
      await withFolder(async (folder) => {
        const loaded = await loadCifar10(await prepare(folder), options);
        expect(loaded.contentHash, form).toBe(wanted.contentHash);
        expect(Buffer.compare(loaded.dataset.pixels, wanted.dataset.pixels), form).toBe(0);
        expect(loaded.dataset.labels, form).toEqual(wanted.dataset.labels);
        expect([...loaded.parts.test], form).toEqual([15, 16, 17]);
        expect(loaded.parts.val, form).toBeUndefined();
        expect(loaded.dataset.classNames, form).toEqual(cifar10ClassNames);
        expect(loaded.normalization, form).toEqual(normalization.cifar10);
      });
    }
  });

  it("takes class names from batches.meta.txt, in a folder and in the archive", async () => {
    const names = cifar10ClassNames.map((name) => name.toUpperCase());
    const meta = Buffer.from(`${names.join("\n")}\n\n`);
    await withFolder(async (folder) => {
      await writeSmallFolder(folder);
      await writeFile(join(folder, "batches.meta.txt"), meta);
      expect((await loadCifar10(folder, options)).dataset.classNames).toEqual(names);
      await writeFile(join(folder, "batches.meta.txt"), "one\ntwo\n");
      await expect(loadCifar10(folder, options)).rejects.toThrow(/expected 10 class names.*found 2/);
      await writeFile(join(folder, "batches.meta.txt"), names.with(9, "CAT").join("\n"));
      await expect(loadCifar10(folder, options)).rejects.toThrow(
        /a name of its own for each class, found "CAT" twice; rename one, or restore the file of the names/,
      );
    });
    await withFolder(async (folder) => {
      await writeSmallArchive(
        join(folder, archiveName),
        new Map([...smallFiles, ["batches.meta.txt", meta]]),
      );
      expect((await loadCifar10(folder, options)).dataset.classNames).toEqual(names);
    });
  });

  it("says what was expected in a folder without the data, and in one that is not there", async () => {
    await withFolder(async (folder) => {
      for (const path of [folder, join(folder, "nowhere")]) {
        await expect(loadCifar10(path, options)).rejects.toMatchObject({
          code: "DATA",
          message: `loadCifar10: ${path}: expected cifar-10-binary.tar.gz, cifar-10-batches-bin/ or the .bin files (each plain or gzipped), found none of them; download https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz and put it there as it is.`,
        });
      }
    });
  });

  it("names the files that are missing, and turns to the archive when there is one", async () => {
    await withFolder(async (folder) => {
      await writeSmallFolder(join(folder, unpacked));
      await rm(join(folder, unpacked, "data_batch_3.bin"));
      await expect(loadCifar10(folder, options)).rejects.toMatchObject({
        code: "DATA",
        message: expect.stringMatching(/expected 6 files, found 5, without data_batch_3\.bin; put it there/),
      });
      await writeSmallArchive(join(folder, archiveName));
      expect((await loadCifar10(folder, options)).contentHash).toBe(wanted.contentHash);
    });
  });

  it("refuses a file cut short, naming it and both lengths", async () => {
    await withFolder(async (folder) => {
      await writeSmallFolder(folder);
      await truncate(join(folder, "test_batch.bin"), 5000);
      await expect(loadCifar10(folder, options)).rejects.toMatchObject({
        code: "DATA",
        message: expect.stringMatching(
          /test_batch\.bin: expected 9219 bytes unpacked, found 5000; unpack or copy test_batch\.bin again/,
        ),
      });
    });
  });

  it("refuses a file that is too long", async () => {
    await withFolder(async (folder) => {
      await writeSmallFolder(folder);
      const path = join(folder, "data_batch_2.bin");
      await writeFile(path, Buffer.concat([await readFile(path), Buffer.from([0])]));
      await expect(loadCifar10(folder, options)).rejects.toThrow(/expected 9219 bytes unpacked, found 9220/);
    });
  });

  it("refuses a gzipped file cut short or of another kind", async () => {
    await withFolder(async (folder) => {
      await writeSmallFolder(folder, { gzipped: () => true });
      const path = join(folder, "data_batch_1.bin.gz");
      await truncate(path, 100);
      await expect(loadCifar10(folder, options)).rejects.toMatchObject({
        code: "DATA",
        message: expect.stringMatching(
          /data_batch_1\.bin\.gz: expected 9219 bytes, found a file that breaks off/,
        ),
      });
      await writeFile(path, "not gzipped at all");
      await expect(loadCifar10(folder, options)).rejects.toMatchObject({ code: "DATA" });
      await truncate(path, 0);
      await expect(loadCifar10(folder, options)).rejects.toMatchObject({ code: "DATA" });
    });
  });

  it("refuses one changed byte, naming both sums, even where it is a label", async () => {
    const name = "data_batch_4.bin";
    const sum = smallTable.find((file) => file.name === name)?.md5;
    for (const position of [0, 700]) {
      const damaged = Uint8Array.from(smallFiles.get(name) as Uint8Array);
      damaged[position] = 200;
      await withFolder(async (folder) => {
        await writeSmallFolder(folder);
        await rm(join(folder, name));
        await writeFile(join(folder, `${name}.gz`), gzipSync(damaged));
        await expect(loadCifar10(folder, options)).rejects.toMatchObject({
          code: "DATA",
          message: expect.stringMatching(
            new RegExp(
              `data_batch_4\\.bin\\.gz: expected MD5 ${sum} of the unpacked file, found [0-9a-f]{32};`,
            ),
          ),
        });
      });
    }
  });

  it("refuses an archive that breaks off anywhere, is damaged, or lacks a file", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, archiveName);
      await writeSmallArchive(path);
      const whole = await readFile(path);
      for (const share of [0, 0.02, 0.3, 0.7, 0.95]) {
        await writeFile(path, whole.subarray(0, Math.floor(share * whole.length)));
        await expect(loadCifar10(folder, options), `${share}`).rejects.toMatchObject({
          code: "DATA",
          message: expect.stringMatching(/cifar-10-binary\.tar\.gz.*expected.*found.*fetch cifar-10-binary/),
        });
      }
      const damaged = Uint8Array.from(whole);
      damaged.fill(0x55, whole.length >> 1, (whole.length >> 1) + 64);
      await writeFile(path, damaged);
      await expect(loadCifar10(folder, options)).rejects.toMatchObject({ code: "DATA" });

      await writeSmallArchive(path, new Map([...smallFiles].slice(0, 5)));
      await expect(loadCifar10(folder, options)).rejects.toThrow(/found none of test_batch\.bin; fetch/);

      // Behind the files and before them, though all that is wanted is whole.
      for (const at of [0, 6]) {
        const entries = [...smallFiles].toSpliced(at, 0, ["../../evil.bin", new Uint8Array(1)]);
        await writeSmallArchive(path, new Map(entries));
        await expect(loadCifar10(folder, options)).rejects.toThrow(
          /expected paths inside the archive, found one that leads outside \(.*evil\.bin\); fetch/,
        );
      }
    });
  });

  it("holds one copy of the images while it reads, packed or not", async () => {
    const records = 500;
    const bytes = new Uint8Array(records * cifar10RecordBytes);
    const large = smallTable.map((file) => ({ ...file, records, md5: md5Of(bytes) }));
    const pixels = 6 * records * 3072;
    await withFolder(async (folder) => {
      const prepare = [
        () => writeSmallArchive(join(folder, archiveName), new Map(large.map(({ name }) => [name, bytes]))),
        () => Promise.all(large.map(({ name }) => writeFile(join(folder, name), bytes))),
      ];
      for (const form of prepare) {
        await form();
        const steps: number[] = [];
        const held = await heldArrays((onProgress) =>
          loadCifar10(folder, {
            files: large,
            onProgress: (event) => {
              steps.push(event.step);
              onProgress(event);
            },
          }),
        );
        expect(steps.length).toBeGreaterThan(2);
        expect(held).toBeGreaterThan(pixels / 2);
        // Pieces of 256 KiB are on their way; one file has 1.5 MB.
        expect(held).toBeLessThan(pixels + 1.4e6);
      }
    });
  });

  it("tells how far it is, and stops when asked to", async () => {
    await withFolder(async (folder) => {
      await writeSmallFolder(folder);
      const events: ProgressEvent[] = [];
      await loadCifar10(folder, { ...options, onProgress: (event) => events.push(event) });
      expect(events.at(-1)).toEqual({ task: "load cifar10", step: 18, steps: 18 });

      const stop = new AbortController();
      stop.abort();
      await expect(loadCifar10(folder, { ...options, signal: stop.signal })).rejects.toMatchObject({
        code: "ABORTED",
      });
    });
  });
});

const data = process.env["LTU_DATA"];
describe.skipIf(data === undefined)("loadCifar10 on the official files", () => {
  it("reads all 60,000 images, and the table of constants fits them", async () => {
    const { dataset, parts } = await loadCifar10(data as string);
    expect(dataset.size).toBe(60_000);
    expect([parts.train.length, parts.test.length]).toEqual([50_000, 10_000]);
    for (const part of [parts.train, parts.test]) {
      const counts = new Int32Array(10);
      for (const index of part) counts[dataset.labels[index] as number]! += 1;
      expect(new Set(counts).size, "classes are balanced").toBe(1);
    }
    const { mean, std } = channelStatistics(dataset, parts.train);
    const digits = (values: readonly number[]) => values.map((value) => Number(value.toFixed(4)));
    expect(digits(mean)).toEqual(normalization.cifar10.mean);
    expect(digits(std)).toEqual(normalization.cifar10.std);
  });

  it("stops in the middle", async () => {
    const stop = new AbortController();
    const steps: number[] = [];
    const onProgress = ({ step }: ProgressEvent) => {
      steps.push(step);
      if (step > 5000) stop.abort();
    };
    await expect(loadCifar10(data as string, { onProgress, signal: stop.signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
    expect(steps.at(-1)).toBeLessThan(10_000);
  });
});
