import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { memory } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createRng, decodeSafetensors, disposeParams, isLtuError, paramCount } from "@ltu/core";

import { loadWeights, saveWeights } from "../../src/files/index.ts";
import { mlp } from "../../src/index.ts";
import { loadLayersModel, saveLayersModel } from "../../src/layers-model/files/index.ts";
import { fromTorch } from "../../src/torch/index.ts";
import { smallNetwork } from "../layers-model/networks.ts";
import { bytesOf, networks } from "../torch/read-vectors.ts";

const model = mlp({ inputShape: [2, 2, 1], classes: 2, hidden: [3], mean: [0.5], std: [0.25] });
// Doubles of fast-check are mostly near 0.
const share = fc.nat(999_999).map((millionths) => millionths / 1e6);

/** A flipped bit, a cut, or a digit or sign exchanged for another. */
const damages = fc.record({
  kind: fc.constantFrom("flip", "cut", "longer", "digit"),
  at: share,
  digit: fc.constantFrom(...Array.from('0123456789-.,"[]{}:eE')),
});
type Damage = typeof damages extends fc.Arbitrary<infer T> ? T : never;

function damaged(whole: Uint8Array, { kind, at, digit }: Damage): Uint8Array {
  const bytes = Uint8Array.from(whole);
  const place = Math.floor(at * bytes.length);
  if (kind === "cut") return bytes.subarray(0, place);
  if (kind === "longer") return Buffer.concat([bytes, Buffer.of(0)]);
  bytes[place] = kind === "flip" ? (bytes[place] as number) ^ (1 << (place % 8)) : digit.charCodeAt(0);
  return bytes;
}

/** Loading is refused in one sentence or gives numbers, which nobody can tell from others; no tensor stays behind. */
async function expectSentence(load: () => Promise<() => void>): Promise<void> {
  const before = memory().numTensors;
  const found: unknown = await load().then(
    (dispose) => dispose(),
    (error: unknown) => error,
  );
  expect(memory().numTensors).toBe(before);
  if (found === undefined) return;
  expect(isLtuError(found) ? ["DATA", "SHAPE"].includes(found.code) : found).toBe(true);
  expect((found as Error).message).toMatch(/^\w+: [^\n]*found [^\n]+; [^\n]+\.$/);
}

let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "ltu-damage-"));
  const weights = model.init(createRng(1));
  await saveWeights(weights, join(home, "weights"));
  const quantization = { dtype: "uint16", scale: 0.1, min: -1 };
  const specs = Object.entries(weights.params).map(([name, { shape }]) => ({
    name,
    shape,
    dtype: "float32",
    quantization,
  }));
  await mkdir(join(home, "quantised"));
  await writeFile(
    join(home, "quantised", "weights_manifest.json"),
    JSON.stringify([{ paths: ["weights.bin"], weights: specs }]),
  );
  await writeFile(join(home, "quantised", "weights.bin"), new Uint8Array(2 * paramCount(weights.params)));
  [weights.params, weights.stats].forEach(disposeParams);
  const network = smallNetwork();
  await saveLayersModel(network, join(home, "layers-model"));
  network.dispose();
});
afterAll(() => rm(home, { recursive: true }));

/** Damages one file of a saved folder in a copy of it. */
async function inCopy(name: string, which: number, how: Damage, use: (folder: string) => Promise<void>) {
  const folder = join(home, "copy");
  await mkdir(folder);
  try {
    const files = (await readdir(join(home, name))).sort();
    for (const file of files) await copyFile(join(home, name, file), join(folder, file));
    const path = join(folder, files[which % files.length] as string);
    await writeFile(path, damaged(await readFile(path), how));
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("a damaged file of weights", () => {
  it("is refused in one sentence by loadWeights", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("weights", "quantised"), damages, fc.nat(1), (name, how, which) =>
        inCopy(name, which, how, (folder) =>
          expectSentence(async () => {
            const { params, stats } = await loadWeights(model, folder);
            return () => [params, stats].forEach(disposeParams);
          }),
        ),
      ),
      { numRuns: 200 },
    );
  });

  it("is refused in one sentence by loadLayersModel", async () => {
    await fc.assert(
      fc.asyncProperty(damages, fc.nat(1), (how, which) =>
        inCopy("layers-model", which, how, (folder) =>
          expectSentence(async () => {
            const network = await loadLayersModel(folder);
            return () => void network.dispose();
          }),
        ),
      ),
      { numRuns: 200 },
    );
  });

  it("is refused in one sentence by decodeSafetensors and fromTorch", async () => {
    const whole = bytesOf("resnet18");
    const header = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
    await fc.assert(
      fc.asyncProperty(damages, fc.boolean(), async (how, inHeader) => {
        const at = inHeader ? (how.at * header) / whole.length : how.at;
        await expectSentence(async () => {
          const { tensors } = decodeSafetensors(damaged(whole, { ...how, at }));
          const { params, stats } = fromTorch(networks.resnet18, tensors);
          return () => [params, stats].forEach(disposeParams);
        });
      }),
      { numRuns: 200 },
    );
  });
});
