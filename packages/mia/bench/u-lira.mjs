// How long U-LiRA takes over 64 shadow models and 10,000 samples of 10 classes, once their logits are there.
//   node --conditions=@ltu/source --import tsx packages/mia/bench/u-lira.mjs
// Prints processor seconds (on a busy machine wall time is longer) and the peak of resident memory; the same of LiRA and RMIA.
// Ends with code 1 when U-LiRA takes more than 10 s of the processor.
import { availableParallelism, cpus, loadavg } from "node:os";

import { createRng } from "@ltu/core";
import { auditInput, hasScores, lira, rmia, shadowPlan, uLira } from "@ltu/mia/evaluators";

const print = (line) => process.stdout.write(`${line}\n`);
const [samples, background, population, classes, target] = [10_000, 20_000, 1000, 10, 10];
const rng = createRng(1);
const range = (from, count) => Int32Array.from({ length: count }, (_, i) => from + i);
const labels = Int32Array.from({ length: samples + population }, (_, i) => i % classes);
const noise = rng.normals((samples + population) * classes, 1);
/** Made-up logits: noise, and more for the true class where the model knows the sample. */
const outputs = (known, shift) => ({
  logits: noise.map((_, k) => {
    const i = Math.floor(k / classes);
    const own = noise[(k + 7919 * shift) % noise.length];
    return own + (k % classes === labels[i] ? (known.has(i) ? 4 : 2) : 0);
  }),
  labels,
  classes,
});
const origin = { key: "target", recipe: "r", transform: "t", method: "finetune" };
const plan = shadowPlan({
  attack: "u-lira",
  targets: range(0, samples),
  background: range(100_000, background),
  budget: "dev",
  method: "finetune",
  seed: 2,
});
const models = plan.shadows.map(({ id, kind, trainedOn, forgotten, method }, m) => ({
  ...origin,
  key: id,
  kind,
  method,
  trainedOn,
  forgotten,
  outputs: outputs(new Set(trainedOn), m),
}));
const cut = (all, from, to) => ({
  logits: all.logits.subarray(from * classes, to * classes),
  labels: all.labels.subarray(from, to),
  classes,
  indexes: range(from, to - from),
});
const audited = outputs(new Set(range(0, samples / 2)), 1000);
const input = auditInput({
  score: cut(audited, 0, samples),
  population: cut(audited, samples, samples + population),
  model: origin,
  shadows: { indexes: range(0, samples + population), models },
});

const [cpu] = cpus();
print(`${availableParallelism()} cores, ${cpu?.model ?? "unknown"}, load ${loadavg()[0]?.toFixed(1)}`);
for (const evaluator of [uLira(), lira(), rmia()]) {
  const [started, busy] = [performance.now(), process.cpuUsage()];
  const result = evaluator.evaluate(input);
  const { user, system } = process.cpuUsage(busy);
  const seconds = (user + system) / 1e6;
  const wall = (performance.now() - started) / 1000;
  if (!hasScores(result)) throw new Error(result.detail);
  print(
    `${evaluator.name.padEnd(8)} ${seconds.toFixed(2).padStart(6)} s processor ${wall.toFixed(2).padStart(6)} s wall, ` +
      `${result.rows.length} of ${samples} scored, peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`,
  );
  if (evaluator.name === "u-lira" && seconds > target) process.exitCode = 1;
}
