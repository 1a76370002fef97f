import {
  maskedSgd,
  randomLabelEpochs,
  saliencyGradient,
  saliencyMask,
  salun,
  type GradientPass,
} from "@ltu/baselines";
import { disposeParams, type ModelWeights, type Params } from "@ltu/core";
import { compareGolden, type GoldenCase } from "@ltu/testing";
import { fit } from "@ltu/train";

import {
  compareTree,
  compareWeights,
  scriptOf,
  toleranceOf,
  trainingOptions,
  unlearnFixture,
} from "./compare-run.ts";
import { treeOf, withFixture, type CaseRunner, type Fixture, type GoldenTree } from "./fixture.ts";
import { scriptedRng } from "./scripted-rng.ts";

const exact = { abs: 0, rel: 0 };

/** The mask of SalUn on the forget set, and what it is cut from. */
export const salunMaskCase: CaseRunner = (golden, file) =>
  withFixture(golden, file, async (fixture) => {
    const { absGradient, mask, ones, nParams } = golden.expected as {
      absGradient: GoldenTree;
      mask: GoldenTree;
      ones: number;
      nParams: number;
    };
    const gradient = await saliencyGradient(maskPass(golden, fixture));
    const found = await saliencyMask(gradient, densityOf(golden));
    try {
      const problems: string[] = [];
      for (const [name, wanted] of Object.entries(absGradient)) {
        const magnitudes = (await numbersOf(gradient, name)).map(Math.abs);
        problems.push(
          ...compareGolden(`absGradient.${name}`, magnitudes, wanted, toleranceOf(golden, "absGradient")),
        );
      }
      const bits: number[] = [];
      for (const [name, wanted] of Object.entries(mask)) {
        const part = await numbersOf(found, name);
        bits.push(...part);
        problems.push(...compareGolden(`mask.${name}`, part, wanted, exact));
      }
      problems.push(...compareGolden("ones", bits.filter((bit) => bit === 1).length, ones, exact));
      problems.push(...compareGolden("nParams", bits.length, nParams, exact));
      return problems;
    } finally {
      [gradient, found].forEach(disposeParams);
    }
  });

/** SalUn with the listed labels and mask: the method itself where its own mask is the listed one. */
export const salunCase: CaseRunner = (golden, file) =>
  withFixture(golden, file, async (fixture) => {
    const mask = treeOf(golden.inputs["mask"] as GoldenTree);
    const order = golden.inputs["mixedOrder"] === undefined ? "sequential" : "mixed";
    const { legacyWeightDecay = false } = golden.params as { legacyWeightDecay?: boolean };
    const options = { ...trainingOptions(golden), ...densityOf(golden), order, legacyWeightDecay } as const;
    const rng = scriptedRng(scriptOf(golden));
    try {
      const { weights } = (await isOwnMask(golden, fixture))
        ? await unlearnFixture(salun(options), fixture, { rng })
        : await trainWithMask(golden, fixture, { mask, order, legacyWeightDecay });
      try {
        return [
          ...(await compareWeights(golden, fixture, weights)),
          ...(await compareProtected(golden, fixture, { weights, mask })),
        ];
      } finally {
        [weights.params, weights.stats].forEach(disposeParams);
      }
    } finally {
      disposeParams(mask);
    }
  });

function densityOf({ params }: GoldenCase): { readonly density: number } {
  return { density: params["density"] as number };
}

function maskPass(golden: GoldenCase, { model, original, batches, forgetSet }: Fixture): GradientPass {
  const batchSize = golden.params["batchSize"] as number;
  return {
    model,
    weights: original,
    batches,
    indexes: forgetSet,
    batchSize,
    mode: "eval",
    task: "golden",
  };
}

async function numbersOf(tree: Params, name: string): Promise<number[]> {
  return Array.from((await tree[name]?.data()) ?? []);
}

async function isOwnMask(golden: GoldenCase, fixture: Fixture): Promise<boolean> {
  const gradient = await saliencyGradient(maskPass(golden, fixture));
  const own = await saliencyMask(gradient, densityOf(golden));
  const expected = golden.inputs["mask"] as GoldenTree;
  const differences = await compareTree({ ...golden, tolerance: exact }, "mask", own, expected);
  [gradient, own].forEach(disposeParams);
  return differences.length === 0;
}

/** The same training with a mask that the method would not have made. */
function trainWithMask(
  golden: GoldenCase,
  { model, original, batches, forgetSet, retainSet }: Fixture,
  {
    mask,
    order,
    legacyWeightDecay,
  }: { readonly mask: Params; readonly order: "sequential" | "mixed"; readonly legacyWeightDecay: boolean },
): Promise<{ readonly weights: ModelWeights }> {
  const { lr, momentum, ...recipe } = trainingOptions(golden);
  const sets = { forgetSet, retained: retainSet };
  return fit({
    model,
    weights: original,
    batches,
    data: randomLabelEpochs(sets, { classes: batches.classes, order, excludeTrueLabel: false }),
    recipe: { ...recipe, schedule: { name: "constant", lr, momentum } },
    rng: scriptedRng(scriptOf(golden)),
    optimizer: maskedSgd(mask, { legacyWeightDecay }),
  });
}

/** Whether weights outside the mask kept their bits, and how far they moved if not. */
async function compareProtected(
  golden: GoldenCase,
  { original }: Fixture,
  { weights, mask }: { readonly weights: ModelWeights; readonly mask: Params },
): Promise<string[]> {
  const { maskedBitIdentical, maxMoveOfMaskedWeights } = golden.expected as {
    maskedBitIdentical: boolean;
    maxMoveOfMaskedWeights: number;
  };
  let move = 0;
  for (const name of Object.keys(mask)) {
    const [bits, start, end] = await Promise.all(
      [mask, original.params, weights.params].map((tree) => numbersOf(tree, name)),
    );
    bits?.forEach((bit, i) => {
      if (bit === 0) move = Math.max(move, Math.abs((end?.[i] as number) - (start?.[i] as number)));
    });
  }
  const field = "maxMoveOfMaskedWeights";
  const tolerance = maskedBitIdentical ? exact : toleranceOf(golden, field);
  return compareGolden(field, move, maxMoveOfMaskedWeights, tolerance);
}
