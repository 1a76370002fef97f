import {
  batchNormTraining,
  createRng,
  disposeParams,
  mapParams,
  sgdStep,
  softmaxCrossEntropy,
  valueAndGradient,
  type Params,
} from "@ltu/core";
import { resolveEngine, type EngineName } from "@ltu/engine";
import {
  conv2d,
  matMul,
  mean,
  relu,
  tensor,
  tensor1d,
  tensor2d,
  tensor4d,
  zerosLike,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

/** Large enough that the work is cut up among threads, small enough for plain JavaScript. */
const batch = 8;

function loss(params: Params, images: Tensor4D, labels: Tensor1D): Scalar {
  let x: Tensor4D = images;
  for (const layer of ["1", "2"]) {
    x = conv2d(x, params[`kernel${layer}`] as Tensor4D, 2, "same");
    const { y } = batchNormTraining(
      x,
      params[`gamma${layer}`] as Tensor1D,
      params[`beta${layer}`] as Tensor1D,
    );
    x = relu(y);
  }
  const logits = matMul(mean(x, [1, 2]) as Tensor2D, params["dense"] as Tensor2D) as Tensor2D;
  return mean(softmaxCrossEntropy(logits, labels)) as Scalar;
}

/** The weights after some training steps from a fixed start, all numbers in one list, and the last loss. */
async function train(steps: number): Promise<{ numbers: number[]; lastLoss: number }> {
  const rng = createRng(5);
  const images = tensor4d(rng.split("images").normals(batch * 12 * 12 * 3), [batch, 12, 12, 3]);
  const labels = tensor1d(
    Int32Array.from({ length: batch }, (_, i) => i % 4),
    "int32",
  );
  let params: Params = {
    kernel1: tensor(rng.split("kernel1").normals(27 * 16, 0.3), [3, 3, 3, 16]),
    gamma1: tensor1d(new Float32Array(16).fill(1)),
    beta1: tensor1d(new Float32Array(16)),
    kernel2: tensor(rng.split("kernel2").normals(144 * 24, 0.1), [3, 3, 16, 24]),
    gamma2: tensor1d(new Float32Array(24).fill(1)),
    beta2: tensor1d(new Float32Array(24)),
    dense: tensor2d(rng.split("dense").normals(24 * 4, 0.2), [24, 4]),
  };
  let velocity = mapParams(params, (each) => zerosLike(each));
  let lastLoss = Number.NaN;
  for (let step = 0; step < steps; step++) {
    const { value, gradient } = valueAndGradient((at) => loss(at, images, labels), params);
    const next = sgdStep(params, gradient, velocity, { lr: 0.05, momentum: 0.9, weightDecay: 5e-4 });
    [lastLoss] = (await value.data()) as unknown as [number];
    value.dispose();
    for (const old of [params, gradient, velocity]) disposeParams(old);
    ({ params, velocity } = next);
  }
  const read = await Promise.all(Object.values(params).map((each) => each.data()));
  for (const tree of [params, velocity]) disposeParams(tree);
  images.dispose();
  labels.dispose();
  return { numbers: read.flatMap((values) => Array.from(values)), lastLoss };
}

describe("training on the engine under test", () => {
  it("gives the same bits each time", async () => {
    const { threads } = await resolveEngine({
      require: (process.env["LTU_TEST_ENGINE"] ?? "cpu") as EngineName,
    });

    const [first, second] = [await train(3), await train(3)];

    expect(second.numbers).toEqual(first.numbers);
    expect(first.numbers.every(Number.isFinite)).toBe(true);
    expect(threads).toBeGreaterThanOrEqual(1);
  });

  it("learns: the loss falls", async () => {
    const [{ lastLoss: early }, { lastLoss: late }] = [await train(1), await train(8)];

    expect(late).toBeLessThan(0.85 * early);
  });
});
