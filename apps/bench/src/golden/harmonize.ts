import { dispose, tensor1d } from "@tensorflow/tfjs-core";

import { disposeParams, type Params } from "@ltu/core";
import {
  combine,
  harmonize,
  harmonizeModes,
  project,
  rules,
  type CombineOptions,
  type HarmonizeMode,
  type RuleName,
} from "@ltu/harmonize";
import {
  compareGolden,
  decodeTensor,
  type Comparison,
  type GoldenCase,
  type GoldenTensor,
  type GoldenTopic,
} from "@ltu/testing";

/** What the golden file states of the projection of the forgetting gradient alone. */
interface ForgetOnly {
  readonly remember: number;
  readonly forget: number;
  readonly cosine: number | null;
  readonly conflict: boolean;
  readonly forgetProjected: readonly number[];
  readonly G: readonly number[];
}

/** The fields that are compared; a case leaves out what is not defined for it. */
interface Expected {
  readonly forgetOnly?: ForgetOnly;
  readonly cagrad?: { readonly c: number };
}

/** Cosines have no unit, so the tolerance of the entries is not theirs. */
const cosineTolerance: Comparison = { abs: 2e-5, rel: 0 };

/** Plain sum and mean, as rules of one's own. */
const constant =
  (weight: (count: number) => number) =>
  (gram: Float64Array): number[] => {
    const count = Math.sqrt(gram.length);
    return Array.from({ length: count }, () => weight(count));
  };

/** What each field of the file is computed with. */
function combinations(expected: Expected): Readonly<Record<string, CombineOptions>> {
  const c = expected.cagrad?.c;
  return {
    sum: { rule: constant(() => 1) },
    mean: { rule: constant((count) => 1 / count) },
    "pcgrad.twoSided": { rule: "pcgrad", order: "ascending" },
    "pcgrad.ascending": { rule: "pcgrad", order: "ascending" },
    "pcgrad.descending": { rule: "pcgrad", order: "descending" },
    mgda: { rule: "mgda" },
    upgrad: { rule: "upgrad" },
    "cagrad.noRescale": { rule: "cagrad", c, rescale: 0 },
    "cagrad.rescale1": { rule: "cagrad", c, rescale: 1 },
    imtlg: { rule: "imtlG" },
    imtlgClosedForm: { rule: "imtlG", form: "closedForm" },
    alignedMtl: { rule: "alignedMtl" },
  };
}

/** The value of a field such as `cagrad.noRescale`; undefined where the case does not have it. */
function fieldOf(expected: Readonly<Record<string, unknown>>, path: string): unknown {
  const value = path
    .split(".")
    .reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>> | null | undefined)?.[name], expected);
  return value ?? undefined;
}

/** The rows of the case, ragged ones too. */
function rowsOf(golden: GoldenCase): number[][] {
  return ((golden.inputs["gradients"] as GoldenTensor).data as unknown[]).map((row) => decodeTensor(row).data);
}

/** Gives `f` the rows as parameter trees and releases them. */
async function withTrees<T>(rows: readonly number[][], f: (trees: readonly Params[]) => Promise<T>): Promise<T> {
  const trees = rows.map((row) => ({ gradient: tensor1d(row, "float32") }));
  try {
    return await f(trees);
  } finally {
    trees.forEach(disposeParams);
  }
}

async function numbersOf(tree: Params): Promise<Float32Array> {
  const tensor = tree["gradient"] as Params[string];
  const values = (await tensor.data()) as Float32Array;
  dispose(tensor);
  return values;
}

/** Cases that must throw, with every mode and every rule; rows that are not there become empty trees. */
async function runError(rows: readonly number[][]): Promise<string[]> {
  return withTrees(rows, async (trees) => {
    const problems: string[] = [];
    const mustThrow = async (what: string, work: () => Promise<{ readonly gradient: Params }>): Promise<void> => {
      try {
        disposeParams((await work()).gradient);
      } catch {
        return;
      }
      problems.push(`${what}: expected an error, found a gradient`);
    };
    for (const rule of Object.keys(rules) as RuleName[]) {
      const options = rule === "pcgrad" ? ({ rule, order: "ascending" } as const) : { rule };
      await mustThrow(rule, () => combine(trees, options));
    }
    if (trees.length > 2) return problems;
    for (const mode of harmonizeModes) {
      await mustThrow(mode, () => harmonize(trees[0] ?? {}, trees[1] ?? {}, { mode }));
    }
    return problems;
  });
}

/** The modes of the pair: the projection of the forgetting gradient, and the two that equal a rule. */
async function runPair(trees: readonly Params[], golden: GoldenCase, tolerance: Comparison): Promise<string[]> {
  const { remember, forget, ...wanted } = (golden.expected as Expected).forgetOnly as ForgetOnly;
  const rememberGradient = trees[remember] as Params;
  const forgetGradient = trees[forget] as Params;
  const problems: string[] = [];
  const check = async (mode: HarmonizeMode, values: unknown): Promise<void> => {
    if (values === undefined) return;
    const result = await harmonize(rememberGradient, forgetGradient, { mode });
    problems.push(...compareGolden(`mode ${mode}`, await numbersOf(result.gradient), values, tolerance));
    if (result.conflicted !== wanted.conflict) problems.push(`mode ${mode}: expected conflict ${wanted.conflict}`);
    if (wanted.cosine === null) return;
    problems.push(...compareGolden("cosine", result.cosine, wanted.cosine, cosineTolerance));
  };
  await check("off", golden.expected["sum"]);
  await check("forgetOnly", wanted.G);
  await check("both", fieldOf(golden.expected, "pcgrad.twoSided"));
  // Beside a gradient of another scale `abs` says nothing about this one: then its own size counts.
  const size = Math.max(...wanted.forgetProjected.map(Math.abs));
  const ownTolerance = size > 0 && size < tolerance.abs ? { abs: 1e-4 * size, rel: 0 } : tolerance;
  const projected = await numbersOf(await project(forgetGradient, rememberGradient));
  problems.push(...compareGolden("forgetOnly.forgetProjected", projected, wanted.forgetProjected, ownTolerance));
  return problems;
}

/** The modes of Gradient Harmonization for two gradients, and every rule for any number of them. */
export const topic: GoldenTopic = {
  topic: "harmonize",
  async run(golden) {
    const rows = rowsOf(golden);
    if (golden.expected["error"] === true) return runError(rows);
    const tolerance = { abs: golden.tolerance.abs ?? 0, rel: golden.tolerance.rel };
    return withTrees(rows, async (trees) => {
      const problems: string[] = [];
      for (const [field, options] of Object.entries(combinations(golden.expected as Expected))) {
        const wanted = fieldOf(golden.expected, field);
        if (wanted === undefined) continue;
        const { gradient } = await combine(trees, options);
        problems.push(...compareGolden(field, await numbersOf(gradient), wanted, tolerance));
      }
      if ((golden.expected as Expected).forgetOnly) problems.push(...(await runPair(trees, golden, tolerance)));
      return problems;
    });
  },
};
