import { availableParallelism, cpus } from "node:os";

import { LtuError } from "@ltu/core";

import { startEngine } from "../start-engine.ts";
import { countKernels } from "./count-kernels.ts";
import { createStepSession } from "./step-session.ts";

/** What to measure. */
export interface BenchStepOptions {
  /** Engine by name; default: `LTU_ENGINE`, else the best that works. */
  readonly engine?: string | undefined;
  /** Threads of the engine; default: all cores. */
  readonly threads?: number | undefined;
  /** A name of `models`; default `"resnet20"`. */
  readonly model?: string;
  /** Images a step; default 256. */
  readonly batch?: number;
  /** Measured rounds; default 5. */
  readonly rounds?: number;
  /** The least time of one round, milliseconds; it holds at least one step. Default 2,000. */
  readonly roundMs?: number;
}

/** A measurement of whole training steps; plain JSON. */
export interface BenchStepResult {
  /** Median over the rounds. */
  readonly imagesPerSecond: number;
  /** The slowest and the fastest round, images per second. */
  readonly imagesPerSecondSpread: readonly [number, number];
  readonly millisecondsPerStep: number;
  readonly kernelsPerStep: number;
  /** The largest sum of the bytes of all tensors alive at one time in a step. */
  readonly peakBytes: number;
  /** The largest memory that the whole process has held, bytes. */
  readonly peakProcessBytes: number;
  readonly engine: string;
  readonly description: string;
  readonly threads: number;
  readonly model: string;
  readonly batch: number;
  readonly rounds: number;
  readonly stepsPerRound: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly processor: string; readonly cores: number; readonly platform: string };
}

/** Steps before the clock starts: libraries choose and cache their algorithms in the first two. */
const warmUpSteps = 2;

/**
 * Measures whole training steps (forward, backward, SGD with momentum) after a warm-up, in rounds of equal length.
 *
 * @returns Rates and counts; nothing to dispose.
 * @throws LtuError `OPTION` for an unknown model, engine, or impossible number, `BACKEND` when the engine is missing.
 */
export async function benchStep({
  engine,
  threads,
  model = "resnet20",
  batch = 256,
  rounds = 5,
  roundMs = 2000,
}: BenchStepOptions = {}): Promise<BenchStepResult> {
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new LtuError(
      "OPTION",
      `bench-step: rounds must be a whole number of at least 1, found ${rounds}; raise it.`,
    );
  }
  const report = await startEngine({ engine, threads });
  const session = createStepSession({ model, batch });
  try {
    for (let i = 0; i < warmUpSteps; i++) await session.step();
    const { kernels, peakBytes } = await countKernels(() => session.step());
    const stepsPerRound = Math.max(1, Math.ceil(roundMs / (await timed(() => session.step()))));
    const rates: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const milliseconds = await timed(async () => {
        for (let i = 0; i < stepsPerRound; i++) await session.step();
      });
      rates.push((1000 * batch * stepsPerRound) / milliseconds);
    }
    rates.sort((a, b) => a - b);
    const imagesPerSecond = median(rates);
    return {
      imagesPerSecond: rounded(imagesPerSecond),
      imagesPerSecondSpread: [rounded(rates[0] as number), rounded(rates.at(-1) as number)],
      millisecondsPerStep: rounded((1000 * batch) / imagesPerSecond),
      kernelsPerStep: kernels,
      peakBytes,
      peakProcessBytes: process.resourceUsage().maxRSS * 1024,
      engine: report.name,
      description: report.description,
      threads: report.threads,
      model,
      batch,
      rounds,
      stepsPerRound,
      versions: { node: process.version, ...report.versions },
      machine: machine(),
    };
  } finally {
    session.dispose();
  }
}

/** The middle of sorted numbers; of an even count the mean of the two in the middle. */
export function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}

/** Processor, cores and platform of this machine. */
export function machine(): BenchStepResult["machine"] {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
