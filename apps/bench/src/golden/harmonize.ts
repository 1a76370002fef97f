import { dispose, tensor1d } from "@tensorflow/tfjs-core";

import { disposeParams, type Params } from "@ltu/core";
import { harmonize, project, type HarmonizeMode } from "@ltu/harmonize";
import { compareGolden, decodeTensor, type GoldenCase, type GoldenTensor, type GoldenTopic } from "@ltu/testing";

/** What the golden file states of the projection of the forgetting gradient alone. */
interface ForgetOnly {
  readonly remember: number;
  readonly forget: number;
  readonly cosine: number | null;
  readonly conflict: boolean;
  readonly forgetProjected: readonly number[];
  readonly G: readonly number[];
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

/** Cases that must throw, on the two gradients of the case; rows that are not there become empty trees. */
async function runError(rows: readonly number[][]): Promise<string[]> {
  return withTrees(rows, async (trees) => {
    try {
      disposeParams((await harmonize(trees[0] ?? {}, trees[1] ?? {})).gradient);
    } catch {
      return [];
    }
    return ["expected an error, found a gradient"];
  });
}

/** The projection modes of Gradient Harmonization; rules for more than two gradients are not covered yet. */
export const topic: GoldenTopic = {
  topic: "harmonize",
  covers: (golden) => rowsOf(golden).length <= 2,
  async run(golden) {
    const rows = rowsOf(golden);
    if (golden.expected["error"] === true) return runError(rows);
    const expected = golden.expected as {
      sum: readonly number[];
      forgetOnly: ForgetOnly;
      pcgrad: { twoSided: readonly number[] };
    };
    const tolerance = { abs: golden.tolerance.abs ?? 0, rel: golden.tolerance.rel };
    const { remember, forget, ...wanted } = expected.forgetOnly;
    return withTrees([rows[remember] as number[], rows[forget] as number[]], async (trees) => {
      const [rememberGradient, forgetGradient] = trees as [Params, Params];
      const problems: string[] = [];
      const check = async (field: string, mode: HarmonizeMode, values: readonly number[]): Promise<void> => {
        const result = await harmonize(rememberGradient, forgetGradient, { mode });
        problems.push(...compareGolden(field, await numbersOf(result.gradient), values, tolerance));
        if (mode !== "forgetOnly") return;
        if (result.conflicted !== wanted.conflict) problems.push(`conflict: expected ${wanted.conflict}`);
        if (wanted.cosine === null) return;
        problems.push(...compareGolden("cosine", result.cosine, wanted.cosine, { abs: 2e-5, rel: 0 }));
      };
      await check("sum", "off", expected.sum);
      await check("forgetOnly.G", "forgetOnly", wanted.G);
      await check("pcgrad.twoSided", "both", expected.pcgrad.twoSided);
      // Beside a gradient of another scale `abs` says nothing about this one: then its own size counts.
      const size = Math.max(...wanted.forgetProjected.map(Math.abs));
      const ownTolerance = size > 0 && size < tolerance.abs ? { abs: 1e-4 * size, rel: 0 } : tolerance;
      const projected = await numbersOf(await project(forgetGradient, rememberGradient));
      problems.push(
        ...compareGolden("forgetOnly.forgetProjected", projected, wanted.forgetProjected, ownTolerance),
      );
      return problems;
    });
  },
};
