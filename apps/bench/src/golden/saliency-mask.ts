import { add, tensor } from "@tensorflow/tfjs-core";

import { saliencyMask } from "@ltu/baselines";
import { disposeParams, zipParams, type Params } from "@ltu/core";
import { decodeTensor, type GoldenTopic } from "@ltu/testing";

/** The mask at one density. Where equal magnitudes straddle the threshold, any `tiedOnes` of them may be kept. */
interface ExpectedMask {
  readonly ones: number;
  readonly mask: readonly unknown[];
  readonly tieAtThreshold: boolean;
  readonly tiedFlatIndices?: readonly number[];
  readonly tiedOnes?: number;
}

/** Saliency masks of given gradients: the signed sum over batches, ranked over all parameters together. */
export const topic: GoldenTopic = {
  topic: "saliency-mask",
  async run(golden) {
    const { gradientSets } = golden.inputs as { gradientSets: readonly (readonly unknown[])[] };
    const { nParams, byDensity } = golden.expected as {
      nParams: number;
      byDensity: Readonly<Record<string, ExpectedMask>>;
    };
    const problems: string[] = [];
    const batches = gradientSets.map(treeOf);
    const gradient = batches
      .slice(1)
      .reduce<Params>((sum, batch) => summed(sum, batch), summed(batches[0] as Params));
    batches.forEach(disposeParams);
    try {
      for (const [density, expected] of Object.entries(byDensity)) {
        const mask = await saliencyMask(gradient, { density: Number(density) });
        const found: number[] = [];
        for (const part of Object.values(mask)) found.push(...(await part.data()));
        disposeParams(mask);
        problems.push(...compareMask(found, expected).map((problem) => `density ${density}: ${problem}`));
        if (found.length !== nParams) problems.push(`expected ${nParams} parameters, found ${found.length}`);
      }
    } finally {
      disposeParams(gradient);
    }
    return problems;
  },
};

function treeOf(tensors: readonly unknown[]): Params {
  const entries = tensors.map((value, i): [string, Params[string]] => {
    const { data, shape } = decodeTensor(value);
    return [`tensor ${i}`, tensor(data, shape, "float32")];
  });
  return Object.fromEntries(entries);
}

/** The sum of two trees, or a copy of one; the sum that was is released. */
function summed(sum: Params, batch?: Params): Params {
  if (batch === undefined) return zipParams([sum], ([a]) => (a as Params[string]).clone());
  const next = zipParams([sum, batch], ([a, b]) => add(a as Params[string], b as Params[string]));
  disposeParams(sum);
  return next;
}

function compareMask(found: readonly number[], expected: ExpectedMask): string[] {
  const wanted = expected.mask.flatMap((part) => decodeTensor(part).data);
  const ones = found.reduce((sum, bit) => sum + bit, 0);
  const tied = new Set(expected.tieAtThreshold ? expected.tiedFlatIndices : []);
  const wrong = wanted.findIndex((bit, i) => !tied.has(i) && found[i] !== bit);
  const keptTied = [...tied].reduce((sum, i) => sum + (found[i] as number), 0);
  return [
    ...(ones === expected.ones ? [] : [`expected ${expected.ones} ones, found ${ones}`]),
    ...(wrong < 0 ? [] : [`expected ${wanted[wrong]} at ${wrong}, found ${found[wrong]}`]),
    ...(tied.size === 0 || keptTied === expected.tiedOnes
      ? []
      : [`expected ${expected.tiedOnes} of the tied ones, found ${keptTied}`]),
  ];
}
