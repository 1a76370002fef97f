import {
  batchNormInference,
  batchNormTraining,
  createRng,
  hasKernel,
  kernelNames,
  sgdStep,
  softmaxCrossEntropy,
  valueAndGradient,
  type Params,
} from "@ltu/core";
import { resolveEngine, type EngineName } from "@ltu/engine";
import {
  add,
  conv2d,
  div,
  engine,
  getBackend,
  memory,
  mul,
  relu,
  setBackend,
  sum,
  tensor,
  tensor1d,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/**
 * Sums of up to some thousand float32 products, in another order than the composed form: a few hundred times the
 * unit in the last place (6e-8), relative to the largest number of the tensor.
 */
const sumTolerance = 2e-5;

/** Runs of each property; shapes vary more than values, so few are enough. */
const runs = { numRuns: 12, seed: 20240717 };

type Named = Record<string, Tensor>;
type Numbers = Record<string, number[]>;

let backendName = "";
beforeAll(async () => {
  backendName = getBackend();
  await resolveEngine({ require: "cpu" });
  await setBackend(backendName);
});
afterAll(async () => {
  await setBackend(backendName);
});

/** A tensor of normal draws; made anew on each backend. */
function normal(name: string, shape: number[], scale = 1): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(createRng(11).split(name).normals(size, scale), shape);
}

async function numbersOf(make: () => Named): Promise<Numbers> {
  const before = memory().numTensors;
  const made = tidy(() => make());
  const numbers: Numbers = {};
  for (const [name, value] of Object.entries(made)) {
    numbers[name] = Array.from(await value.data());
    value.dispose();
  }
  expect(memory().numTensors, "tensors left by the kernel").toBe(before);
  return numbers;
}

/** The same computation on the engine under test and, composed of plain ops, on cpu. */
async function expectSameAsComposed(make: () => Named): Promise<void> {
  const fast = await numbersOf(make);
  await setBackend("cpu");
  const composed = await numbersOf(make);
  await setBackend(backendName);
  expect(Object.keys(fast)).toEqual(Object.keys(composed));
  for (const [name, expected] of Object.entries(composed)) {
    const found = fast[name] as number[];
    expect(found.length, name).toBe(expected.length);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const worst = expected.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (found[i] as number))),
      0,
    );
    expect(worst, `${name}: largest difference`).toBeLessThanOrEqual(sumTolerance * largest);
  }
}

/**
 * The gradient of sum(weights * f(params)), with random weights, so that every output counts differently. The sum itself is
 * told as a mean: its terms cancel, so what is left of them is no measure of its rounding.
 */
function weightedGradient(params: Params, f: (params: Params) => Tensor): Named {
  let size = 1;
  const { value, gradient } = valueAndGradient((at) => {
    const y = f(at);
    size = y.size;
    return sum(mul(y, normal("dy", y.shape))) as Scalar;
  }, params);
  return { value: div(value, size), ...gradient };
}

const activationShape = fc.oneof(
  fc.tuple(
    fc.integer({ min: 2, max: 5 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 20 }),
  ),
  fc.tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 20 })),
);
const epsilons = fc.constantFrom(1e-5, 1e-3);

describe("batchNormTraining", () => {
  it("equals the composed form, forward and backward", async () => {
    await fc.assert(
      fc.asyncProperty(activationShape, epsilons, async (shape, epsilon) => {
        const channels = [shape.at(-1) as number];
        await expectSameAsComposed(() => {
          const x = add(normal("x", [...shape], 2), 0.5);
          const params = { x, gamma: normal("gamma", channels), beta: normal("beta", channels) };
          const { y, mean, variance } = batchNormTraining(
            x,
            params.gamma as Tensor1D,
            params.beta as Tensor1D,
            { epsilon },
          );
          const gradient = weightedGradient(
            params,
            (at) =>
              batchNormTraining(at["x"] as Tensor, at["gamma"] as Tensor1D, at["beta"] as Tensor1D, {
                epsilon,
              }).y,
          );
          return { y, mean, variance, ...prefixed(gradient) };
        });
      }),
      runs,
    );
  });

  it("returns the biased variance", async () => {
    const numbers = await numbersOf(() => {
      const x = tensor([1, 2, 3, 6], [4, 1]);
      return { ...batchNormTraining(x, tensor1d([1]), tensor1d([0])) };
    });

    expect(numbers["mean"]?.[0]).toBeCloseTo(3, 5);
    expect(numbers["variance"]?.[0]).toBeCloseTo(3.5, 5);
  });
});

describe("batchNormInference", () => {
  it("equals the composed form, forward and backward", async () => {
    await fc.assert(
      fc.asyncProperty(activationShape, epsilons, async (shape, epsilon) => {
        const channels = [shape.at(-1) as number];
        await expectSameAsComposed(() => {
          const mean = normal("mean", channels) as Tensor1D;
          const variance = add(
            mul(normal("variance", channels), normal("variance", channels)),
            0.1,
          ) as Tensor1D;
          const params = {
            x: normal("x", [...shape], 2),
            gamma: normal("gamma", channels),
            beta: normal("beta", channels),
          };
          const apply = (at: Params): Tensor =>
            batchNormInference(
              at["x"] as Tensor,
              at["gamma"] as Tensor1D,
              at["beta"] as Tensor1D,
              mean,
              variance,
              { epsilon },
            );
          return { y: apply(params), ...prefixed(weightedGradient(params, apply)) };
        });
      }),
      runs,
    );
  });
});

describe("softmaxCrossEntropy", () => {
  it("equals the composed form, forward and backward, also for large logits", async () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 2, max: 100 }),
      fc.constantFrom(1, 30, 200),
    );
    await fc.assert(
      fc.asyncProperty(sizes, async ([batch, classes, scale]) => {
        const labels = Int32Array.from({ length: batch }, (_, i) => (i * 7) % classes);
        await expectSameAsComposed(() => {
          const apply = (at: Params): Tensor =>
            softmaxCrossEntropy(at["logits"] as Tensor2D, tensor1d(labels, "int32"));
          const params = { logits: normal("logits", [batch, classes], scale) };
          return { loss: apply(params), ...prefixed(weightedGradient(params, apply)) };
        });
      }),
      runs,
    );
  });
});

describe("sgdStep", () => {
  it("equals the composed form for parameters of every rank", async () => {
    const shapes = fc.array(
      fc.constantFrom(
        [],
        [1],
        [5],
        [16],
        [3, 4],
        [7, 4],
        [3, 3, 2, 8],
        [3, 3, 5, 8],
        [1, 1, 2, 8],
        [3, 3, 4, 6],
      ),
      { minLength: 1, maxLength: 9 },
    );
    const rates = fc.record({
      lr: fc.constantFrom(0, 0.1, 1e-4),
      momentum: fc.constantFrom(0, 0.9),
      weightDecay: fc.constantFrom(0, 5e-4),
    });
    await fc.assert(
      fc.asyncProperty(shapes, rates, async (list, options) => {
        await expectSameAsComposed(() => {
          const tree = (kind: string): Params =>
            Object.fromEntries(list.map((shape, i) => [`p${i}`, normal(`${kind}${i}`, [...shape])]));
          const next = sgdStep(tree("param"), tree("gradient"), tree("velocity"), options);
          for (const [i, shape] of list.entries()) expect(next.params[`p${i}`]?.shape).toEqual(shape);
          return { ...prefixed(next.params, "param "), ...prefixed(next.velocity, "velocity ") };
        });
      }),
      runs,
    );
  });
});

describe("relu and add", () => {
  it("have the gradients of the composed form", async () => {
    await fc.assert(
      fc.asyncProperty(activationShape, async (shape) => {
        await expectSameAsComposed(() => {
          const params = {
            a: normal("a", [...shape]),
            b: normal("b", [...shape]),
            bias: normal("bias", [shape.at(-1) as number]),
          };
          const apply = (at: Params): Tensor =>
            relu(add(add(relu(at["a"] as Tensor), at["b"] as Tensor), at["bias"] as Tensor));
          return { y: apply(params), ...prefixed(weightedGradient(params, apply)) };
        });
      }),
      runs,
    );
  });
});

describe("conv2d", () => {
  it("has the gradients of the composed form", async () => {
    const geometry = fc.record({
      batch: fc.integer({ min: 1, max: 4 }),
      height: fc.integer({ min: 3, max: 9 }),
      width: fc.integer({ min: 3, max: 9 }),
      channelsIn: fc.integer({ min: 1, max: 5 }),
      channelsOut: fc.integer({ min: 1, max: 6 }),
      kernel: fc.constantFrom(1, 3),
      stride: fc.constantFrom(1, 2),
      pad: fc.constantFrom("same" as const, "valid" as const),
    });
    await fc.assert(
      fc.asyncProperty(
        geometry,
        async ({ batch, height, width, channelsIn, channelsOut, kernel, stride, pad }) => {
          await expectSameAsComposed(() => {
            const params = {
              x: normal("x", [batch, height, width, channelsIn]),
              kernel: normal("kernel", [kernel, kernel, channelsIn, channelsOut]),
            };
            const apply = (at: Params): Tensor =>
              conv2d(at["x"] as Tensor4D, at["kernel"] as Tensor4D, stride, pad);
            return { y: apply(params), ...prefixed(weightedGradient(params, apply)) };
          });
        },
      ),
      runs,
    );
  });
});

describe("conv2d with a 1x1 kernel and a stride", () => {
  it("has the right filter gradient, which oneDNN's own form has not", async () => {
    const sizes = fc.tuple(
      fc.constantFrom(4, 6, 8),
      fc.constantFrom(1, 2, 4, 8),
      fc.constantFrom(1, 3, 8, 16),
    );
    await fc.assert(
      fc.asyncProperty(sizes, fc.constantFrom(1, 4), async ([length, channelsIn, channelsOut], batch) => {
        await expectSameAsComposed(() => {
          const params = {
            x: normal("x", [batch, length, length, channelsIn]),
            kernel: normal("kernel", [1, 1, channelsIn, channelsOut]),
          };
          return weightedGradient(params, (at) =>
            conv2d(at["x"] as Tensor4D, at["kernel"] as Tensor4D, 2, "valid"),
          );
        });
      }),
      { ...runs, numRuns: 40 },
    );
  });
});

describe("native engine", () => {
  it.runIf(process.env["LTU_TEST_ENGINE"] === ("native" satisfies EngineName))(
    "has every fast kernel",
    () => {
      expect(engine().backendName).toBe("tensorflow");
      for (const name of Object.values(kernelNames)) expect(hasKernel(name), name).toBe(true);
    },
  );
});

function prefixed(tensors: Params, prefix = "gradient "): Named {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [`${prefix}${name}`, value]));
}
