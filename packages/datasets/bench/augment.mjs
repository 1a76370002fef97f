// How many CIFAR-10-shaped images a second one core turns into batches, with crop and flip and without.
//   node --conditions=@ltu/source --import tsx packages/datasets/bench/augment.mjs
// Batches of 256 from 10,000 random images, in an order of their own for each pass; the tensor is made and disposed as in training.
// Prints images for each second of the processor, all threads together, so that work beside it does not count.
// Ends with code 1 below 20,000 images a second with crop and flip.
import "@tensorflow/tfjs";
import { availableParallelism, cpus, loadavg } from "node:os";

import { createRng } from "@ltu/core";
import { createBatches, fromArrays, normalization } from "@ltu/datasets";
import { ready, setBackend } from "@tensorflow/tfjs-core";

const print = (line) => process.stdout.write(`${line}\n`);
const [size, batch, passes, target] = [10_000, 256, 7, 20_000];
await setBackend("cpu");
await ready();
const rng = createRng(1);
const bytes = rng.split("pixels");
const { dataset } = fromArrays({
  pixels: Uint8Array.from({ length: size * 32 * 32 * 3 }, () => bytes.integer(256)),
  labels: Int32Array.from({ length: size }, (_, i) => i % 10),
  imageShape: [32, 32, 3],
  classNames: Array.from({ length: 10 }, (_, k) => `class-${k}`),
  normalization: normalization.cifar10,
});

const [cpu] = cpus();
print(`${availableParallelism()} cores, ${cpu?.model ?? "unknown"}, load ${loadavg()[0]?.toFixed(1)}`);
for (const augmentation of ["crop-flip", "none"]) {
  const batches = createBatches(dataset, { augmentation });
  const rates = [];
  for (let pass = 0; pass < passes; pass++) {
    const order = rng.split(`${augmentation}/${pass}`).permutation(size);
    const augment = rng.split(`augment/${pass}`);
    const busy = process.cpuUsage();
    for (let from = 0; from < size; from += batch) {
      batches(order.subarray(from, from + batch), { augment }).images.dispose();
    }
    const { user, system } = process.cpuUsage(busy);
    rates.push((size * 1e6) / (user + system));
  }
  // The first passes run before the code is compiled.
  const [slowest, , median, , fastest] = rates.slice(2).sort((a, b) => a - b);
  const whole = (rate) => Math.round(rate).toLocaleString("en");
  const asked =
    augmentation === "crop-flip"
      ? `, ${(median / target).toFixed(1)} times the limit of ${whole(target)}`
      : "";
  print(
    `${augmentation.padEnd(9)} ${whole(median)} images a second of the processor (${whole(slowest)} to ${whole(fastest)})${asked}`,
  );
  if (augmentation === "crop-flip" && median < target) process.exitCode = 1;
}
