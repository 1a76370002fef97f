import { profile, tidy, zeros, type Tensor4D } from "@tensorflow/tfjs-core";

import { disposeParams, LtuError, paramCount, stillRng, type Model, type ModelWeights } from "@ltu/core";
import { normalization as constants } from "@ltu/datasets";
import { resnet18, resnetCifar, vgg16Bn, type Resnet18Options } from "@ltu/models";
import type { GoldenTopic } from "@ltu/testing";

interface Expected {
  readonly trainableParameters: number;
  readonly tensors: number;
  readonly convLayers: number;
  readonly batchNormLayers: number;
  readonly linearLayers: number;
  readonly convWithBias: string;
  readonly nonTrainableScalarsInBatchNorm: number;
  readonly outputClasses: number;
  readonly parameters: readonly { name: string; torchShape: number[]; tfjsShape: number[] }[];
  readonly outputShapesChannelsFirst: readonly [name: string, type: string, shape: number[]][];
  readonly normalisation: { readonly mean: number[]; readonly std: number[] };
}

/** What one kernel of a forward pass read and made. */
interface Kernel {
  readonly name: string;
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
}

/** The reference's architectures by its names for them. */
function composeReference(arch: string, options: Resnet18Options): Model {
  const depth = /^resnet(\d+)s$/.exec(arch)?.[1];
  if (depth !== undefined) return resnetCifar(Number(depth), options);
  if (arch === "resnet18") return resnet18(options);
  if (arch === "vgg16_bn") return vgg16Bn(options);
  throw new LtuError("OPTION", `golden: no model stands for the reference's ${arch}; add it to @ltu/models.`);
}

/** A kernel's shape in PyTorch's layout. */
function torchShape(shape: readonly number[]): number[] {
  if (shape.length === 4) return [3, 2, 0, 1].map((axis) => shape[axis] as number);
  return [...shape].reverse();
}

/** The kernels of one forward pass of one image. */
async function kernelsOf(model: Model, weights: ModelWeights): Promise<Kernel[]> {
  const [height, width, channels] = model.inputShape;
  const { kernels } = await profile(() => {
    tidy(() => {
      model.apply(weights, zeros([1, height, width, channels]) as Tensor4D, { mode: "eval" });
    });
    return [];
  });
  return kernels.map(({ name, inputShapes, outputShapes }) => ({ name, inputShapes, outputShapes }));
}

/**
 * Output shapes, channels first and without the batch, layer by layer in the order of execution. A convolution
 * counts when its filter is a parameter (the shortcuts of resnet20s have constant ones); what the average pool leaves
 * is read where the linear layer takes it.
 */
function outputShapes(kernels: readonly Kernel[], weights: ModelWeights): Map<string, number[][]> {
  const filters = new Set(Object.values(weights.params).map(({ shape }) => String(shape)));
  const shapes = new Map<string, number[][]>();
  const note = (type: string, shape: readonly number[]): void => {
    const [, ...rest] = shape;
    const channelsFirst = [rest.at(-1) as number, ...rest.slice(0, -1)];
    shapes.set(type, [...(shapes.get(type) ?? []), channelsFirst]);
  };
  for (const { name, inputShapes, outputShapes: made } of kernels) {
    if (name === "Conv2D" && filters.has(String(inputShapes[1]))) note("Conv2d", made[0] ?? []);
    if (name === "MaxPool") note("MaxPool2d", made[0] ?? []);
    if (name !== "BatchMatMul") continue;
    if (!shapes.has("Linear")) shapes.set("AdaptiveAvgPool2d", [[inputShapes[0]?.at(-1) as number]]);
    note("Linear", [1, made[0]?.at(-1) as number]);
  }
  return shapes;
}

/** Differences between the layers' output shapes and the expected ones, type by type in their order. */
function compareShapes(found: Map<string, number[][]>, expected: Expected["outputShapesChannelsFirst"]): string[] {
  const seen = new Map<string, number>();
  const problems = expected.flatMap(([name, type, shape]) => {
    const place = seen.get(type) ?? 0;
    seen.set(type, place + 1);
    const got = found.get(type)?.[place];
    // A pool into more than one place a channel is flattened before it is read.
    const want = type === "AdaptiveAvgPool2d" ? [shape.reduce((product, length) => product * length, 1)] : shape;
    const [wanted, has] = [want, got].map((value) => JSON.stringify(value));
    return has === wanted ? [] : [`output of ${name}: expected ${wanted}, found ${has}`];
  });
  const extra = ["Conv2d", "MaxPool2d", "Linear"].flatMap((type) => {
    const [want, got] = [seen.get(type) ?? 0, found.get(type)?.length ?? 0];
    return want === got ? [] : [`${type}: expected ${want} in a pass, found ${got}`];
  });
  return [...problems, ...extra];
}

/** Names, shapes and counts of the reference's architectures, and the shapes inside one forward pass. */
export const topic: GoldenTopic = {
  topic: "resnet18-cifar",
  async run({ inputs, expected: fields }) {
    const expected = fields as unknown as Expected;
    const size = inputs["inputSize"] as number;
    const classes = inputs["numClasses"] as number;
    const normalization = constants.cifar10;
    const options = { inputShape: [size, size, 3], classes, ...normalization } as const;
    const model = composeReference(inputs["arch"] as string, options);
    const weights = model.init(stillRng);
    const problems: string[] = [];
    const check = (field: string, got: unknown, want: unknown): void => {
      const [found, wanted] = [got, want].map((value) => JSON.stringify(value));
      if (found !== wanted) problems.push(`${field}: expected ${wanted}, found ${found}`);
    };
    try {
      const parameters = Object.entries(weights.params);
      const kernelsOfRank = (rank: number): string[] =>
        parameters.filter(([, { shape }]) => shape.length === rank).map(([name]) => name);
      const convolutions = kernelsOfRank(4);
      const withBias = convolutions.filter((name) => name.replace(/weight$/, "bias") in weights.params).length;
      check("trainableParameters", paramCount(weights.params), expected.trainableParameters);
      check("tensors", parameters.length, expected.tensors);
      check("convLayers", convolutions.length, expected.convLayers);
      check("batchNormLayers", Object.keys(weights.stats).length / 2, expected.batchNormLayers);
      check("linearLayers", kernelsOfRank(2).length, expected.linearLayers);
      check(
        "convWithBias",
        withBias === 0 ? "none" : withBias === convolutions.length ? "all" : "some",
        expected.convWithBias,
      );
      check("nonTrainableScalarsInBatchNorm", paramCount(weights.stats), expected.nonTrainableScalarsInBatchNorm);
      check("outputClasses", model.classes, expected.outputClasses);
      expected.parameters.forEach((want, i) => {
        const [name, { shape }] = parameters[i] ?? ["nothing", { shape: [] }];
        check(`parameters[${i}]`, { name, torchShape: torchShape(shape), tfjsShape: shape }, want);
      });
      // The file holds float32 constants with nine digits.
      for (const field of ["mean", "std"] as const) {
        const rounded = normalization[field].map((value) => Number(Math.fround(value).toPrecision(9)));
        check(`normalisation.${field}`, rounded, expected.normalisation[field]);
      }
      const kernels = await kernelsOf(model, weights);
      const beforeConvolution = kernels.slice(
        0,
        kernels.findIndex(({ name }) => name === "Conv2D"),
      );
      for (const name of ["Sub", "Multiply"]) {
        const used = beforeConvolution.some((kernel) => kernel.name === name);
        check(`normalisation, ${name} before the first convolution`, used, true);
      }
      problems.push(...compareShapes(outputShapes(kernels, weights), expected.outputShapesChannelsFirst));
    } finally {
      disposeParams(weights.params);
      disposeParams(weights.stats);
    }
    return problems;
  },
};
