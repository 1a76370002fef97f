import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { isLtuError } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mnistFiles, type IdxFiles } from "../src/index.ts";
import {
  loadCifar10,
  loadCifar100,
  loadFashionMnist,
  loadImageFolder,
  loadMnist,
  loadTinyImagenet,
} from "../src/node.ts";
import { catsAndDogs, writeFiles } from "./image-folder/small-image-folder.ts";
import { smallTable, withFolder, writeSmallArchive, writeSmallFolder } from "./small-cifar10.ts";
import { smallCifar100Table, writeSmallCifar100, writeSmallCifar100Archive } from "./small-cifar100.ts";
import { smallFashionTable, writeIdxFiles } from "./small-fashion-mnist.ts";
import {
  smallTinyImagenet,
  variantOf,
  writeTar,
  writeZip,
  zipOf,
} from "./tiny-imagenet/small-tiny-imagenet.ts";

type Load = () => Promise<{ readonly contentHash: string }>;

/** What happens to one file of a data set; positions are shares of its length. */
type Damage =
  | { readonly kind: "flip" | "cut" | "zeros"; readonly at: number }
  | { readonly kind: "longer" | "gone" | "empty" }
  | { readonly kind: "other"; readonly file: number };

// Doubles of fast-check are mostly near 0.
const share = fc.nat(999_999).map((millionths) => millionths / 1e6);
const inside: fc.Arbitrary<Damage> = fc.record({ kind: fc.constantFrom("flip", "cut", "zeros"), at: share });
const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  inside,
  fc.record({ kind: fc.constantFrom("longer", "gone", "empty") }),
  fc.record({ kind: fc.constant("other" as const), file: fc.nat(20) }),
);

async function damage(paths: readonly string[], path: string, how: Damage): Promise<void> {
  const bytes = await readFile(path);
  const at = "at" in how ? Math.floor(how.at * bytes.length) : 0;
  switch (how.kind) {
    case "flip":
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
      return writeFile(path, bytes);
    case "cut":
      return writeFile(path, bytes.subarray(0, at));
    case "zeros":
      return writeFile(path, bytes.fill(0, at, Math.min(at + 64, bytes.length)));
    case "longer":
      return writeFile(path, Buffer.concat([bytes, Buffer.of(7)]));
    case "empty":
      return writeFile(path, "");
    case "gone":
      return rm(path);
    case "other":
      return writeFile(path, await readFile(paths[how.file % paths.length] as string));
  }
}

/** Files in a folder and below it. */
async function filesIn(folder: string): Promise<string[]> {
  const paths = (await readdir(folder, { recursive: true })).sort().map((name) => join(folder, name));
  const kinds = await Promise.all(paths.map((path) => stat(path)));
  return paths.filter((_, i) => kinds[i]?.isFile() === true);
}

const idx = (table: IdxFiles, official: IdxFiles): IdxFiles =>
  Object.fromEntries(
    Object.entries(table).map(([key, { bytes, md5 }]) => [
      key,
      { ...official[key as keyof IdxFiles], bytes, md5 },
    ]),
  ) as unknown as IdxFiles;
const smallMnistTable = idx(smallFashionTable, mnistFiles);
const official = smallTinyImagenet();

/** A data set as its files lie on disk. */
interface Form {
  readonly name: string;
  /** Writes it to a folder and says how it is loaded. */
  readonly write: (folder: string) => Promise<Load>;
  /** Default: any. */
  readonly damages?: fc.Arbitrary<Damage>;
  /** The folder whose files are damaged. Default: all of it. */
  readonly below?: string;
}

const packedOrNot = (packed: boolean): Form[] => [
  {
    name: `CIFAR-10, ${packed ? "gzipped" : "plain"}`,
    write: async (folder) => {
      await writeSmallFolder(folder, { gzipped: () => packed });
      return () => loadCifar10(folder, { files: smallTable });
    },
  },
  {
    name: `CIFAR-100, ${packed ? "gzipped" : "plain"}`,
    write: async (folder) => {
      await writeSmallCifar100(folder, packed);
      return () => loadCifar100(folder, { files: smallCifar100Table });
    },
  },
  {
    name: `Fashion-MNIST, ${packed ? "gzipped" : "plain"}`,
    write: async (folder) => {
      await writeIdxFiles(folder, smallFashionTable, packed);
      return () => loadFashionMnist(folder, { files: smallFashionTable });
    },
  },
  {
    name: `MNIST, ${packed ? "gzipped" : "plain"}`,
    write: async (folder) => {
      await writeIdxFiles(folder, smallMnistTable, packed);
      return () => loadMnist(folder, { files: smallMnistTable });
    },
  },
];

const forms: readonly Form[] = [
  ...packedOrNot(false),
  ...packedOrNot(true),
  {
    name: "CIFAR-10, the archive",
    write: async (folder) => {
      await writeSmallArchive(join(folder, "cifar-10-binary.tar.gz"));
      return () => loadCifar10(folder, { files: smallTable });
    },
  },
  {
    name: "CIFAR-100, the archive",
    write: async (folder) => {
      await writeSmallCifar100Archive(join(folder, "cifar-100-binary.tar.gz"));
      return () => loadCifar100(folder, { files: smallCifar100Table });
    },
  },
  {
    name: "Tiny-ImageNet, a zip",
    write: async (folder) => {
      const variant = await writeZip(join(folder, "tiny-imagenet-200.zip"), zipOf(official));
      return () => loadTinyImagenet(folder, { variant, cache: false });
    },
  },
  {
    name: "Tiny-ImageNet, a tar",
    write: async (folder) => {
      await writeTar(join(folder, "small.tar.gz"), official);
      const variant = variantOf({ "small.tar.gz": await readFile(join(folder, "small.tar.gz")) });
      return () => loadTinyImagenet(folder, { variant, cache: false });
    },
  },
  {
    name: "Tiny-ImageNet, unpacked, with its sum",
    write: async (folder) => {
      await writeFiles(folder, Object.fromEntries(official));
      const asked = { ...variantOf(), sha256: "0".repeat(64) };
      const refused: unknown = await loadTinyImagenet(folder, { variant: asked }).catch(
        (error: unknown) => error,
      );
      const sha256 = /found ([0-9a-f]{64});/.exec((refused as Error).message)?.[1] ?? "";
      return () => loadTinyImagenet(folder, { variant: { ...asked, sha256 }, cache: false });
    },
  },
  {
    name: "an image folder of PNG pictures",
    write: async (folder) => {
      await writeFiles(folder, catsAndDogs(3));
      return () => loadImageFolder(folder, { size: 4, splitSeed: 1, cache: false });
    },
    // Another picture, or one fewer, is another data set and no damage.
    damages: inside,
  },
  {
    name: "the cache of an image folder",
    write: async (folder) => {
      await writeFiles(folder, { ...catsAndDogs(2), "cats/9.png": "no picture" });
      return () => loadImageFolder(folder, { size: 4, splitSeed: 1, skipBroken: true });
    },
    damages: inside,
    below: ".ltu-cache",
  },
];

describe("a damaged file", () => {
  it.each(forms)(
    "is refused in one sentence, or does no harm: $name",
    async ({ write, damages = anyDamage, below = "" }) => {
      await fc.assert(
        fc.asyncProperty(damages, fc.nat(20), async (how, which) => {
          await withFolder(async (folder) => {
            const load = await write(folder);
            const { contentHash } = await load();
            const paths = await filesIn(join(folder, below));
            await damage(paths, paths[which % paths.length] as string, how);
            const found: unknown = await load().then(
              (data) => data.contentHash,
              (error: unknown) => error,
            );
            // Some bits decide nothing: the time in the head of a gzipped file, or a letter in the name of a class.
            if (found === contentHash) return;
            expect(isLtuError(found) ? found.code : found).toBe("DATA");
            expect((found as Error).message).toMatch(/^\w+: [^\n]*expected [^\n]+, found [^\n]+; [^\n]+\.$/);
          });
        }),
        { numRuns: 25 },
      );
    },
  );
});
