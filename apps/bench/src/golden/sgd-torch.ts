import { add, matMul, relu, tanh, tensor, tensor1d, tidy, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";

import { disposeParams, valueAndGradient, type Params } from "@ltu/core";
import { compareGolden, decodeTensor, type GoldenTopic } from "@ltu/testing";
import { crossEntropy, sgd } from "@ltu/train";

type Values = Readonly<Record<string, unknown>>;

const activations = { relu, tanh } as const;

/** A perceptron with one hidden layer: x W1 + b1, activation, W2 + b2. */
function forward(params: Params, x: Tensor, activation: keyof typeof activations): Tensor2D {
  const at = (name: string): Tensor => params[name] as Tensor;
  const hidden = activations[activation](add(matMul(x, at("W1")), at("b1")));
  return add(matMul(hidden, at("W2")), at("b2"));
}

/** SGD with momentum and weight decay through `@ltu/train`: the loss before and the weights after each step. */
export const topic: GoldenTopic = {
  topic: "sgd-torch",
  async run(golden) {
    const { weights, batches } = golden.inputs as { weights: Values; batches: readonly { x: unknown; y: unknown }[] };
    const { lr, momentum, weightDecay, activation } = golden.params as {
      lr: number;
      momentum: number;
      weightDecay: number;
      activation: keyof typeof activations;
    };
    const expected = golden.expected as {
      lossBeforeStep: readonly number[];
      weightsAfterStep: readonly Values[];
    };
    const toleranceOf = (field: string): { abs: number; rel: number } => ({
      abs: golden.tolerance.abs ?? 0,
      rel: golden.tolerance.rel,
      ...(golden.tolerance[field] as object | undefined),
    });
    const floats = (value: unknown): Tensor => {
      const { data, shape } = decodeTensor(value);
      return tensor(data, shape, "float32");
    };
    const problems: string[] = [];
    let params: Params = Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, floats(value)]));
    let state = sgd.init(params);
    try {
      for (const [step, { x, y }] of batches.entries()) {
        const start = params;
        const { value, gradient } = tidy(() => {
          const images = floats(x);
          const labels = tensor1d(decodeTensor(y).data, "int32");
          const loss = (at: Params): ReturnType<typeof crossEntropy> =>
            crossEntropy(forward(at, images, activation), labels);
          return valueAndGradient(loss, start) as never;
        }) as ReturnType<typeof valueAndGradient>;
        const next = sgd.step(params, gradient, state, { lr, momentum, weightDecay });
        [params, state, gradient].forEach(disposeParams);
        ({ params, state } = next);
        const loss = await value.data();
        value.dispose();
        const wantedLoss = expected.lossBeforeStep[step];
        problems.push(
          ...compareGolden(`lossBeforeStep[${step}]`, loss, wantedLoss, toleranceOf("lossBeforeStep")),
        );
        for (const [name, wanted] of Object.entries(expected.weightsAfterStep[step] ?? {})) {
          const found = await (params[name] as Tensor).data();
          const field = `weightsAfterStep[${step}].${name}`;
          problems.push(...compareGolden(field, found as Float32Array, wanted, toleranceOf("weightsAfterStep")));
        }
      }
    } finally {
      [params, state].forEach(disposeParams);
    }
    return problems;
  },
};
