import { add, dispose, mul, relu, sum, tensor, tidy, type Scalar, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";

import { disposeParams, valueAndGradient, type ForwardMode, type ModelWeights, type Params } from "@ltu/core";
import { batchNorm, conv, updateRunningStatistics, type BatchStatistics } from "@ltu/models";
import { compareGolden, decodeTensor, type GoldenTopic } from "@ltu/testing";

type Values = Readonly<Record<string, unknown>>;

interface Geometry {
  readonly stride: number;
  readonly pad: number;
  readonly eps: number;
}

interface Expected {
  readonly outputsTrain: readonly unknown[];
  readonly lossFirstBatch: number;
  readonly gradInputFirstBatch: unknown;
  readonly gradParametersFirstBatch: Values;
  readonly runningAfterStep: readonly Values[];
  readonly outputEvalFirstBatchAfter3Steps: unknown;
}

/**
 * The block of the case, told by its parameters: a basic residual block where there is a downsampling path, else
 * y = relu(bn1(conv1 x)), relu(bn2(conv2 y) + y).
 */
function block(
  x: Tensor4D,
  weights: ModelWeights,
  { stride, pad, eps, mode }: Geometry & { readonly mode: ForwardMode },
): { output: Tensor4D; seen: BatchStatistics[] } {
  const seen: BatchStatistics[] = [];
  const normed = (input: Tensor4D, convolution: string, norm: string, geometry: object): Tensor4D => {
    const convolved = conv(input, convolution, weights.params, geometry);
    const { y, batch } = batchNorm(convolved, norm, weights, { mode, epsilon: eps });
    if (batch !== undefined) seen.push(batch);
    return y;
  };
  const first = relu(normed(x, "conv1", "bn1", { stride, pad })) as Tensor4D;
  const second = normed(first, "conv2", "bn2", { pad });
  const shortcut = "downsample.0.weight" in weights.params ? normed(x, "downsample.0", "downsample.1", { stride }) : first;
  return { output: relu(add(second, shortcut)) as Tensor4D, seen };
}

/** Convolution, batch norm and their gradients through the layers of `@ltu/models`. */
export const topic: GoldenTopic = {
  topic: "batchnorm-torch",
  async run(golden) {
    const geometry = golden.params as unknown as Geometry & {
      torchMomentum: number;
      initialRunningMean: number;
      initialRunningVar: number;
    };
    const expected = golden.expected as unknown as Expected;
    const problems: string[] = [];
    const check = async (field: string, got: Tensor, wanted: unknown): Promise<void> => {
      const tolerance = {
        abs: golden.tolerance.abs ?? 0,
        rel: golden.tolerance.rel,
        ...(golden.tolerance[field.split(/[.[]/)[0] as string] as object | undefined),
      };
      problems.push(...compareGolden(field, (await got.data()) as Float32Array, wanted, tolerance));
    };
    const floats = (value: unknown): Tensor => {
      const { data, shape } = decodeTensor(value);
      return tensor(data, shape, "float32");
    };

    const batches = (golden.inputs["batches"] as unknown[]).map(floats) as Tensor4D[];
    const cotangent = floats(golden.inputs["cotangent"]);
    const params: Params = Object.fromEntries(
      Object.entries(golden.inputs["parameters"] as Values).map(([name, value]) => [name, floats(value)]),
    );
    let stats: Params = Object.fromEntries(
      Object.entries(expected.runningAfterStep[0] ?? {}).map(([name, value]) => {
        const { shape } = decodeTensor(value);
        const initial = name.endsWith("_mean") ? geometry.initialRunningMean : geometry.initialRunningVar;
        return [name, tensor(new Float32Array(shape[0] as number).fill(initial), shape)];
      }),
    );
    try {
      const loss = ({ input, ...rest }: Params): Scalar =>
        sum(mul(block(input as Tensor4D, { params: rest, stats }, { ...geometry, mode: "train" }).output, cotangent));
      const first = valueAndGradient(loss, { ...params, input: batches[0] as Tensor4D });
      await check("lossFirstBatch", first.value, expected.lossFirstBatch);
      const { input: inputGradient, ...gradients } = first.gradient;
      await check("gradInputFirstBatch", inputGradient as Tensor, expected.gradInputFirstBatch);
      for (const [name, wanted] of Object.entries(expected.gradParametersFirstBatch)) {
        await check(`gradParametersFirstBatch.${name}`, gradients[name] as Tensor, wanted);
      }
      first.value.dispose();
      disposeParams(first.gradient);

      for (const [step, x] of batches.entries()) {
        const before = stats;
        const result = tidy(() => {
          const { output, seen } = block(x, { params, stats: before }, { ...geometry, mode: "train" });
          const running = updateRunningStatistics(before, seen, { momentum: geometry.torchMomentum });
          return { output, running } as never;
        }) as { output: Tensor; running: Params };
        disposeParams(before);
        stats = result.running;
        await check(`outputsTrain[${step}]`, result.output, expected.outputsTrain[step]);
        result.output.dispose();
        for (const [name, wanted] of Object.entries(expected.runningAfterStep[step] ?? {})) {
          await check(`runningAfterStep[${step}].${name}`, stats[name] as Tensor, wanted);
        }
      }

      const inEval = tidy(() => block(batches[0] as Tensor4D, { params, stats }, { ...geometry, mode: "eval" }).output);
      await check("outputEvalFirstBatchAfter3Steps", inEval, expected.outputEvalFirstBatchAfter3Steps);
      inEval.dispose();
    } finally {
      dispose([...batches, cotangent]);
      [params, stats].forEach(disposeParams);
    }
    return problems;
  },
};
