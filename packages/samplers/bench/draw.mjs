// How long one draw takes: 128 of a million candidates by each sampler, 128 of 50,000 by nearForget.
//   node --conditions=@ltu/source --import tsx packages/samplers/bench/draw.mjs
// Prints the median of nine draws in milliseconds, and the processor's share of it: on a busy machine a draw waits.
// Ends with code 1 when a draw takes longer than its target.
import { availableParallelism, cpus, loadavg } from "node:os";

import { createRng } from "@ltu/core";
import { disjoint, samplers } from "@ltu/samplers";

const print = (line) => process.stdout.write(`${line}\n`);
const rng = createRng(1);
const rounds = 9;
const [count, many, some] = [128, 1_000_000, 50_000];
const range = (length) => Int32Array.from({ length }, (_, i) => i);
const labels = range(many).map((i) => (i * 7919) % 10);
const losses = Float32Array.from(labels, (label, i) => 0.01 + ((label * i) % 97) / 97);

function measure(name, target, draw) {
  const times = Array.from({ length: rounds }, (_, round) => {
    const stream = rng.split(`${name}/${round}`);
    const [started, busy] = [performance.now(), process.cpuUsage()];
    const drawn = draw(stream);
    const wall = performance.now() - started;
    const { user, system } = process.cpuUsage(busy);
    if (drawn.length !== count) throw new Error(`${name} drew ${drawn.length}`);
    return { wall, processor: (user + system) / 1000 };
  });
  const medianOf = (key) => times.map((time) => time[key]).sort((a, b) => a - b)[Math.floor(rounds / 2)];
  const median = medianOf("wall");
  const text = (value) => `${value.toFixed(1).padStart(8)} ms`;
  print(`${name.padEnd(40)} ${text(median)} ${text(medianOf("processor"))}   target ${target} ms`);
  if (median > target) process.exitCode = 1;
}

const [cpu] = cpus();
print(`${availableParallelism()} cores, ${cpu?.model ?? "unknown"}, load ${loadavg()[0]?.toFixed(1)}`);
const all = range(many);
for (const name of ["uniform", "classBalanced", "classSkewed", "hard"]) {
  measure(`${name}, ${count} of ${many}`, 50, (stream) =>
    samplers[name](all, count, { rng: stream, statistics: { labels, losses } }),
  );
}
const three = [samplers.uniform, samplers.classSkewed, samplers.hard];
measure(`three disjoint sets of 42, of ${many}`, 150, (stream) => {
  const sets = disjoint(three, all, 42, { rng: stream, statistics: { labels, losses } });
  return { length: sets.reduce((total, set) => total + set.length, 2) };
});
for (const featureWidth of [128, 512]) {
  const features = rng.split(featureWidth).normals((some + count) * featureWidth);
  const support = range(count).map((i) => some + i);
  measure(`nearForget, ${count} of ${some}, ${featureWidth} features`, 5000, (stream) =>
    samplers.nearForget(range(some), count, {
      rng: stream,
      statistics: { labels, features, featureWidth, support },
    }),
  );
}
