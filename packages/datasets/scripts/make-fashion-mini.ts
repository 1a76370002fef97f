// Makes assets/fashion-mini.idx.gz from the official files of Fashion-MNIST, after their checksums hold:
//
//   node --conditions=@ltu/source --import tsx scripts/make-fashion-mini.ts DATA_FOLDER [OUT_FILE]
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { createRng, type IndexSet } from "@ltu/core";

import { fashionMiniSizes } from "../src/fashion-mini.ts";
import { encodeIdx } from "../src/idx.ts";
import { loadFashionMnist } from "../src/load-fashion-mnist.ts";
import type { LoadedData } from "../src/loaded-data.ts";

/** The unpacked content of the asset: images, then labels; training, validation, test. */
export function fashionMiniContent(official: LoadedData): Uint8Array {
  const rng = createRng(1).split("fashion-mini");
  const { dataset, parts } = official;
  const classes = dataset.classNames.length;
  const ofClass = (part: IndexSet, k: number): IndexSet =>
    part.filter((index) => dataset.labels[index] === k);
  const sets = { train: [] as number[], val: [] as number[], test: [] as number[] };
  for (let k = 0; k < classes; k++) {
    const train = fashionMiniSizes.train / classes;
    const val = fashionMiniSizes.val / classes;
    const fromTrain = rng.split(`train/${k}`).choice(ofClass(parts.train, k), train + val);
    sets.train.push(...fromTrain.subarray(0, train));
    sets.val.push(...fromTrain.subarray(train));
    sets.test.push(...rng.split(`test/${k}`).choice(ofClass(parts.test, k), fashionMiniSizes.test / classes));
  }
  // Official order mixes the classes, so the parts are sorted by it.
  const indexes = [sets.train, sets.val, sets.test].flatMap((set) => set.sort((a, b) => a - b));
  const stride = 28 * 28;
  const pixels = new Uint8Array(indexes.length * stride);
  indexes.forEach((index, i) =>
    pixels.set(dataset.pixels.subarray(index * stride, (index + 1) * stride), i * stride),
  );
  const labels = Uint8Array.from(indexes, (index) => dataset.labels[index] as number);
  return Buffer.concat([encodeIdx([indexes.length, 28, 28], pixels), encodeIdx([indexes.length], labels)]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const here = dirname(fileURLToPath(import.meta.url));
  const [folder, out = join(here, "../assets/fashion-mini.idx.gz")] = process.argv.slice(2);
  if (folder === undefined) throw new Error(`Usage: ${basename(import.meta.url)} DATA_FOLDER [OUT_FILE]`);
  await writeFile(out, gzipSync(fashionMiniContent(await loadFashionMnist(folder)), { level: 9 }));
  const license = await readFile(join(folder, "fashion-mnist", "LICENSE"));
  await writeFile(join(dirname(out), "LICENSE-fashion-mnist"), license);
}
