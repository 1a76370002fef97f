// How long the support vector classifier of MIA-efficacy takes for 20,000 points in one dimension, and how much memory.
//   node --conditions=@ltu/source --import tsx packages/mia/bench/svc.mjs
// Points: probabilities of the true class, most of them near 1, as an overfit and as a well-fitted model have them.
// Prints processor seconds (on a busy machine wall time is longer) and the peak of resident memory.
// Ends with code 1 when a fit takes more than 20 s of the processor or the process more than 500 MB.
import { availableParallelism, cpus, loadavg } from "node:os";

import { createRng } from "@ltu/core";
import { fitSvc } from "@ltu/mia/evaluators";

const print = (line) => process.stdout.write(`${line}\n`);
const [each, targetSeconds, targetMegabytes] = [10_000, 20, 500];
const rng = createRng(1);
/** Probabilities 1 / (1 + exp(-phi)) of normal phi, as float32 outputs have them. */
const probabilities = (name, mean, spread) => ({
  values: [...rng.split(name).normals(each, spread)].map((z) => Math.fround(1 / (1 + Math.exp(-(z + mean))))),
  dimensions: 1,
});
const settings = [
  { name: "overfit", members: [7, 2], others: [2, 3] },
  { name: "well fitted", members: [3, 2], others: [2.5, 2.2] },
  { name: "no signal", members: [2, 2], others: [2, 2] },
];

const [cpu] = cpus();
print(`${availableParallelism()} cores, ${cpu?.model ?? "unknown"}, load ${loadavg()[0]?.toFixed(1)}`);
for (const { name, members, others } of settings) {
  const [positive, negative] = [
    probabilities(`${name}/members`, ...members),
    probabilities(`${name}/others`, ...others),
  ];
  const [started, busy] = [performance.now(), process.cpuUsage()];
  const svc = fitSvc(positive, negative);
  const decisions = svc.decide(negative);
  const { user, system } = process.cpuUsage(busy);
  const seconds = (user + system) / 1e6;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const nonMembers = decisions.filter((decision) => decision <= 0).length / each;
  print(
    `${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s processor ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s wall ` +
      `${svc.iterations} iterations, ${svc.supportVectors} support vectors, ${(100 * nonMembers).toFixed(1)} % of non-members recognised, peak ${megabytes.toFixed(0)} MB`,
  );
  if (seconds > targetSeconds || megabytes > targetMegabytes) process.exitCode = 1;
}
