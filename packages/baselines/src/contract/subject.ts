import { isLtuError, type LtuErrorCode, type Model, type Unlearner } from "@ltu/core";
import { expect } from "vitest";

import { createContractGround, type ContractGround, type WeightNumbers } from "./contract-ground.ts";
import { runUnlearner, type Outcome, type Run } from "./run-unlearner.ts";

/** What {@link describeUnlearner} must know of a method. */
export interface UnlearnerContractOptions {
  /** Whether its result depends on the stream; default true. */
  readonly drawsAtRandom?: boolean | undefined;
  /** Whether it refuses labels outside the classes of the data; default true, false where it reads no labels. */
  readonly readsLabels?: boolean | undefined;
  /** The model to use on the suite's images; default a small perceptron with batch norm. Give one that the method needs. */
  readonly model?: ((classes: number, inputShape: readonly [number, number, number]) => Model) | undefined;
}

/** One method under test. */
export interface UnlearnerSubject {
  readonly name: string;
  readonly make: () => Unlearner;
  readonly ground: ContractGround;
  readonly drawsAtRandom: boolean;
  readonly readsLabels: boolean;
  /** The uninterrupted run on the suite's own sets, made once. */
  readonly whole: () => Promise<FinishedRun>;
}

/** A run that returned. */
export type FinishedRun = Run & { readonly outcome: Outcome };

/** A promise to be kept: a sentence, and a check that throws when it is not. */
export interface UnlearnerCheck {
  readonly title: string;
  readonly run: (subject: UnlearnerSubject) => Promise<void>;
}

/** Prepares a method for the checks. `make` gives it with options for a few short epochs, at least two. */
export async function createSubject(
  name: string,
  make: () => Unlearner,
  { drawsAtRandom = true, readsLabels = true, model }: UnlearnerContractOptions = {},
): Promise<UnlearnerSubject> {
  const ground = await createContractGround(model);
  let whole: Promise<FinishedRun> | undefined;
  return {
    name,
    make,
    ground,
    drawsAtRandom,
    readsLabels,
    whole: () => (whole ??= runUnlearner(make(), ground).then(finished)),
  };
}

/** The run, if it returned; throws what it threw otherwise. */
export function finished(run: Run): FinishedRun {
  if (run.outcome === undefined) throw run.error;
  return run as FinishedRun;
}

/** Whether a method reads any data; one that reads none has nothing to be missing, stopped or gone on with. */
export function readsData({ needs }: Unlearner): boolean {
  return needs.forget || needs.retain !== "none" || needs.val;
}

/** That a run was refused with one sentence of the given code that holds `words`, before any image was read. */
export function expectRefusal(
  run: Run,
  { code, words, afterReading = false }: { code: LtuErrorCode; words: RegExp; afterReading?: boolean },
): void {
  const { error, batches, tensorsLeft } = run;
  expectFailed(run, "must be refused");
  if (!isLtuError(error)) throw new Error("must be refused with an LtuError", { cause: error });
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[^\n:]+: [^\n]+$/);
  expect(error.message).toMatch(words);
  if (!afterReading) expect(batches, "batches read before the refusal").toBe(0);
  expect(tensorsLeft, "tensors left by the refusal").toBe(0);
}

/** That a run did not return; `why` says what it should have done. */
export function expectFailed({ outcome }: Run, why: string): void {
  // Compared as a word: a failed comparison would print all weights.
  expect(outcome === undefined ? "failed" : "returned", why).toBe("failed");
}

/** That two runs are the same, but for the time they took. */
export function expectSame(found: Outcome, expected: Outcome): void {
  expectSameWeights(found.numbers, expected.numbers);
  expect(found.history, "history").toEqual(expected.history);
  expect({ ...found.cost, wallMs: 0 }, "cost").toEqual({ ...expected.cost, wallMs: 0 });
}

/** That weights are the same, bit for bit. */
export function expectSameWeights(found: WeightNumbers, expected: WeightNumbers): void {
  expect(differences(found, expected), "weights that differ").toEqual([]);
}

/** Of each tensor that differs the first place, as a line to read. */
export function differences(found: WeightNumbers, expected: WeightNumbers): string[] {
  return (["params", "stats"] as const).flatMap((tree) => {
    const names = new Set([...Object.keys(expected[tree]), ...Object.keys(found[tree])]);
    return [...names].flatMap((name) => {
      const [a, b] = [found[tree][name]?.values, expected[tree][name]?.values];
      if (a === undefined || b === undefined || a.length !== b.length)
        return [`${name}: of another shape, or not there`];
      const place = a.findIndex((value, i) => !Object.is(value, b[i]));
      return place < 0 ? [] : [`${name}[${place}]: ${a[place]}, expected ${b[place]}`];
    });
  });
}
