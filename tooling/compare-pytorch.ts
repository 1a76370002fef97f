// Alternates rounds of training steps between PyTorch and an engine of ours, in one run on one machine, and prints
// both rates and their ratio as JSON. Alternating matters: on a shared machine the two must see the same weather.
//   node --conditions=@ltu/source --import tsx tooling/compare-pytorch.ts --python <a Python with torch>
//     [--engine native] [--batch 256] [--threads n] [--rounds 9] [--steps 3] [--channels-last]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { machine, median } from "../apps/bench/src/bench-step/bench-step.ts";
import { createStepSession } from "../apps/bench/src/bench-step/step-session.ts";
import { startEngine } from "../apps/bench/src/start-engine.ts";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    engine: { type: "string", default: "native" },
    batch: { type: "string", default: "256" },
    threads: { type: "string", default: String(availableParallelism()) },
    rounds: { type: "string", default: "9" },
    steps: { type: "string", default: "3" },
    "channels-last": { type: "boolean", default: false },
  },
});
const [batch, threads, rounds, steps] = [values.batch, values.threads, values.rounds, values.steps].map(
  Number,
) as [number, number, number, number];

/** Seconds by the clock and seconds of processor time. */
interface Round {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** The Python side, which answers one line for each round asked of it. */
async function startPyTorch() {
  const child = spawn(
    values.python,
    [
      join(import.meta.dirname, "compare-pytorch.py"),
      "--batch",
      String(batch),
      "--threads",
      String(threads),
      ...(values["channels-last"] ? ["--channels-last"] : []),
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("PyTorch ended early; give a Python that has torch with --python.");
    return JSON.parse(value) as unknown;
  };
  const { versions } = (await answer()) as { versions: Record<string, string> };
  return {
    versions,
    round: async (count: number): Promise<Round> => {
      child.stdin.write(`${count}\n`);
      return (await answer()) as Round;
    },
    close: async () => {
      child.stdin.end();
      await once(child, "close");
    },
  };
}

async function ourRound(step: () => Promise<number>, count: number): Promise<Round> {
  const start = performance.now();
  const used = process.cpuUsage();
  for (let i = 0; i < count; i++) await step();
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
}

const report = await startEngine({ engine: values.engine, threads });
const session = createStepSession({ model: "resnet20", batch });
const pytorch = await startPyTorch();
await ourRound(() => session.step(), 2);
await pytorch.round(2);
const ours: Round[] = [];
const theirs: Round[] = [];
for (let round = 0; round < rounds; round++) {
  theirs.push(await pytorch.round(steps));
  ours.push(await ourRound(() => session.step(), steps));
  process.stderr.write(`round ${round + 1} of ${rounds}\n`);
}
await pytorch.close();
session.dispose();

/** Median, smallest and largest, rounded to three digits. */
function summary(numbers: readonly number[]) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, middle, high] = [sorted[0] as number, median(sorted), sorted.at(-1) as number].map((value) =>
    Number(value.toPrecision(3)),
  );
  return { median: middle, spread: [low, high] };
}
const rate = ({ seconds }: Round): number => (batch * steps) / seconds;
console.log(
  JSON.stringify(
    {
      model: "resnet20",
      batch,
      threads,
      rounds,
      stepsPerRound: steps,
      engine: report.name,
      imagesPerSecond: { ours: summary(ours.map(rate)), pytorch: summary(theirs.map(rate)) },
      // Each round with its neighbour: above 1 is faster than PyTorch.
      ratio: summary(ours.map((round, i) => rate(round) / rate(theirs[i] as Round))),
      // The work itself, whoever else uses the processor meanwhile.
      cpuSecondsPerStep: {
        ours: summary(ours.map(({ cpuSeconds }) => cpuSeconds / steps)),
        pytorch: summary(theirs.map(({ cpuSeconds }) => cpuSeconds / steps)),
      },
      versions: { node: process.version, ...report.versions, ...pytorch.versions },
      machine: { ...machine(), load: loadavg()[0] },
    },
    null,
    2,
  ),
);
