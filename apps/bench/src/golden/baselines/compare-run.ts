import { disposeParams, type Params, type Unlearner, type UnlearnRequest, type UnlearnResult } from "@ltu/core";
import { compareGolden, type Comparison, type GoldenCase, type GoldenFile } from "@ltu/testing";

import { withFixture, type Fixture, type GoldenTree } from "./fixture.ts";
import { scriptedRng, type Script } from "./scripted-rng.ts";

/** What nearly every case says of its training. */
export interface TrainingParams {
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly batchSize: number;
  readonly epochs: number;
}

/** The flat options of a method for the training that a case describes; golden data has no augmentation. */
export function trainingOptions({ params }: GoldenCase): TrainingParams & { readonly augment: false } {
  const { lr, momentum, weightDecay, batchSize, epochs } = params as unknown as TrainingParams;
  return { lr, momentum, weightDecay, batchSize, epochs, augment: false };
}

/** The random labels and orders that a case lists. */
export function scriptOf({ inputs }: GoldenCase): Script {
  const { randomLabels, mixedOrder } = inputs as {
    randomLabels?: readonly { readonly data: readonly number[] }[];
    mixedOrder?: readonly (readonly number[])[];
  };
  return { labels: randomLabels?.map(({ data }) => data), orders: mixedOrder };
}

/** The tolerance of a field: its own where the case has one. */
export function toleranceOf({ tolerance }: GoldenCase, field: string): Comparison {
  const { abs, rel } = tolerance;
  return { abs: abs ?? 0, rel, ...(tolerance[field] as object | undefined) };
}

/** Runs a method on a fixture with what it asks for; the caller disposes the result's weights. */
export function unlearnFixture(
  unlearner: Unlearner,
  fixture: Fixture,
  request: Partial<UnlearnRequest> = {},
): Promise<UnlearnResult> {
  const { model, original, batches, forgetSet, retainSet } = fixture;
  return unlearner.unlearn({
    model,
    original,
    batches,
    forgetSet,
    ...(unlearner.needs.retain === "none" ? {} : { retainSet }),
    rng: scriptedRng(),
    ...request,
  });
}

/** A named tree of tensors against a golden one; a tree that lacks a tensor is a difference. */
export async function compareTree(
  golden: GoldenCase,
  field: string,
  found: Params,
  expected: GoldenTree = golden.expected[field] as GoldenTree,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, wanted] of Object.entries(expected)) {
    const values = (await found[name]?.data()) ?? [];
    problems.push(
      ...compareGolden(`${field}.${name}`, values as Float32Array, wanted, toleranceOf(golden, field)),
    );
  }
  return problems;
}

/** The weights a method ends with, and how far the farthest of them moved. */
export async function compareWeights(
  golden: GoldenCase,
  { weightsNamed }: Fixture,
  { params }: UnlearnResult["weights"],
): Promise<string[]> {
  const problems = await compareTree(golden, "weights", params);
  const { maxChangeFromThetaO } = golden.expected;
  if (maxChangeFromThetaO === undefined || maxChangeFromThetaO === null) return problems;
  const thetaO = weightsNamed("thetaO").params;
  let farthest = 0;
  for (const [name, before] of Object.entries(thetaO)) {
    const start = await before.data();
    const end = (await params[name]?.data()) ?? [];
    start.forEach((value, i) => (farthest = Math.max(farthest, Math.abs((end[i] ?? Number.NaN) - value))));
  }
  disposeParams(thetaO);
  const field = "maxChangeFromThetaO";
  return [...problems, ...compareGolden(field, farthest, maxChangeFromThetaO, toleranceOf(golden, field))];
}

/** Runs a method on the fixture of a case, with its listed draws, and compares the weights it ends with. */
export async function compareRun(
  golden: GoldenCase,
  file: GoldenFile,
  unlearner: Unlearner,
): Promise<string[]> {
  return withFixture(golden, file, async (fixture) => {
    const { weights } = await unlearnFixture(unlearner, fixture, { rng: scriptedRng(scriptOf(golden)) });
    try {
      return await compareWeights(golden, fixture, weights);
    } finally {
      [weights.params, weights.stats].forEach(disposeParams);
    }
  });
}
