import { boundaryShrink, fgsm } from "@ltu/baselines";
import { argMax, sign, tensor1d, tensor4d, tidy, type Tensor4D } from "@tensorflow/tfjs-core";

import { disposeParams, valueAndGradient } from "@ltu/core";
import { compareGolden, decodeTensor, type GoldenCase } from "@ltu/testing";
import { crossEntropy } from "@ltu/train";

import { compareWeights, toleranceOf, trainingOptions, unlearnFixture } from "./compare-run.ts";
import { withFixture, type CaseRunner, type Fixture } from "./fixture.ts";

/** Boundary shrink: the adversarial images, the labels they give and the final weights; or FGSM on images of its own. */
export const boundaryShrinkCase: CaseRunner = (golden, file) =>
  withFixture(golden, file, (fixture) =>
    golden.inputs["x"] === undefined ? compareShrink(golden, fixture) : compareFgsm(golden, fixture),
  );

async function compareShrink(golden: GoldenCase, fixture: Fixture): Promise<string[]> {
  const { bound } = golden.params as { bound: number };
  const { model, original, batches, forgetSet } = fixture;
  const check = checker(golden);
  const batch = batches(forgetSet);
  const adversarial = fgsm({ model, weights: original }, batch, { bound });
  const logits = tidy(() => model.apply(original, adversarial, { mode: "eval" }).logits);
  const predicted = argMax(logits, 1);
  const labels = Array.from(await predicted.data());
  const margins = rowsOf(await logits.data<"float32">(), model.classes).map((row) => {
    const [first = 0, second = 0] = row.toSorted((a, b) => b - a);
    return first - second;
  });
  const problems = [
    ...check("adversarial", await adversarial.data()),
    ...check("adversarialLabels", labels),
    ...check("smallestTop2Margin", Math.min(...margins)),
  ];
  [batch.images, adversarial, logits, predicted].forEach((tensor) => tensor.dispose());
  const result = await unlearnFixture(boundaryShrink({ ...trainingOptions(golden), bound }), fixture);
  try {
    const { batchSize } = trainingOptions(golden);
    const inFirstEpoch = Math.ceil(forgetSet.length / batchSize);
    const flipped = (result.history["flipped"] ?? [])
      .slice(0, inFirstEpoch)
      .map((share, step) => share * Math.min(batchSize, forgetSet.length - step * batchSize));
    const share = flipped.reduce((a, b) => a + b, 0) / forgetSet.length;
    problems.push(...check("flippedShare", share), ...(await compareWeights(golden, fixture, result.weights)));
  } finally {
    [result.weights.params, result.weights.stats].forEach(disposeParams);
  }
  return problems;
}

async function compareFgsm(golden: GoldenCase, { model, original }: Fixture): Promise<string[]> {
  const { bound } = golden.params as { bound: number };
  const check = checker(golden);
  const { data, shape } = decodeTensor(golden.inputs["x"]);
  const labels = Int32Array.from(decodeTensor(golden.inputs["y"]).data);
  const images = tensor4d(Float32Array.from(data), [shape[0] as number, ...model.inputShape]);
  const adversarial = fgsm({ model, weights: original }, { images, labels }, { bound });
  const signs = tidy(() => {
    const loss = (at: Readonly<Record<string, unknown>>): ReturnType<typeof crossEntropy> =>
      crossEntropy(
        model.apply(original, at["x"] as Tensor4D, { mode: "eval" }).logits,
        tensor1d(labels, "int32"),
      );
    return sign(valueAndGradient(loss, { x: images }).gradient["x"] as Tensor4D);
  });
  const problems = [
    ...check("signOfInputGradient", await signs.data()),
    ...check("adversarialFloat32", await adversarial.data()),
  ];
  [images, adversarial, signs].forEach((tensor) => tensor.dispose());
  return problems;
}

function checker(golden: GoldenCase): (field: string, found: ArrayLike<number> | number) => string[] {
  return (field, found) => compareGolden(field, found, golden.expected[field], toleranceOf(golden, field));
}

function rowsOf(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));
}
