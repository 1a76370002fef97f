/** Writes ensemble-signal.json, about 10 s a seed: `npx tsx --conditions=@ltu/source` on this file. */
import "@tensorflow/tfjs";

import { writeFileSync } from "node:fs";

import { setBackend } from "@tensorflow/tfjs-core";

import { ensembleSignal, seeds, type EnsembleSignal } from "./ensemble-signal.ts";

await setBackend("cpu");
const measured: EnsembleSignal[] = [];
for (const seed of seeds) measured.push(await ensembleSignal(seed));
const text = JSON.stringify(measured, (_, value: unknown) =>
  typeof value === "number" ? Number(value.toFixed(5)) : value,
);
writeFileSync(new URL("ensemble-signal.json", import.meta.url), `${text}\n`);
