import {
  add,
  matMul,
  relu,
  reshape,
  tensor,
  tensor4d,
  zeros,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import {
  disposeParams,
  type BatchSource,
  type IndexSet,
  type Model,
  type ModelWeights,
  type Params,
} from "@ltu/core";
import { decodeTensor, type GoldenCase, type GoldenFile } from "@ltu/testing";

/** What a case comes to: one sentence for each difference. */
export type CaseRunner = (golden: GoldenCase, file: GoldenFile) => Promise<readonly string[]>;

/** The data and the start of a case. Samples to forget come first, those to retain after them. */
export interface Fixture {
  /** A perceptron with one hidden layer: x W1 + b1, ReLU, W2 + b2. */
  readonly model: Model;
  /** `thetaO`, or what the case starts from. */
  readonly original: ModelWeights;
  readonly batches: BatchSource;
  readonly forgetSet: IndexSet;
  readonly retainSet: IndexSet;
  /** Another tree of weights of the fixture, such as a teacher's; the caller disposes it. */
  readonly weightsNamed: (name: string) => ModelWeights;
}

/** A named tree of golden tensors. */
export type GoldenTree = Readonly<Record<string, unknown>>;

interface Samples {
  readonly x: unknown;
  readonly y: unknown;
}

/** Gives `work` the fixture of a case and releases its tensors. */
export async function withFixture<T>(
  golden: GoldenCase,
  file: GoldenFile,
  work: (fixture: Fixture) => Promise<T>,
): Promise<T> {
  const fixture = file.fixtures?.[golden.inputs["fixture"] as string] ?? {};
  const forget = samplesOf(fixture["forget"] as Samples);
  const retain = samplesOf(fixture["retain"] as Samples);
  const classes = fixture["numClasses"] as number;
  const [, features = 0] = forget.shape;
  const weightsNamed = (name: string): ModelWeights => ({
    params: treeOf(fixture[name] as GoldenTree),
    stats: {},
  });
  const { startWeights } = golden.params as { startWeights?: string };
  const start = treeOf(fixture["thetaO"] as GoldenTree, startWeights);
  const [, hidden = 0] = (start["W1"] as Tensor).shape;
  try {
    return await work({
      model: perceptron(features, hidden, classes),
      original: { params: start, stats: {} },
      batches: batchesOf([...forget.rows, ...retain.rows], [...forget.labels, ...retain.labels], classes),
      forgetSet: Int32Array.from(forget.labels, (_, i) => i),
      retainSet: Int32Array.from(retain.labels, (_, i) => forget.labels.length + i),
      weightsNamed,
    });
  } finally {
    disposeParams(start);
  }
}

/** Golden tensors as float32 tensors; `zeroing` is a text such as "thetaO with W1[:,0:3]=0 and b1[0:3]=0". */
export function treeOf(values: GoldenTree, zeroing = ""): Params {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const { data, shape } = decodeTensor(value);
      for (const [, at, ranges, number] of zeroing.matchAll(/(\w+)\[([\d:, ]+)\]=([-\d.e]+)/g)) {
        if (at === name) assign(data, shape, ranges as string, Number(number));
      }
      return [name, tensor(data, shape, "float32")];
    }),
  );
}

/** Sets the part of a row-major tensor that ranges such as ":,0:3" name. */
function assign(data: number[], shape: readonly number[], ranges: string, value: number): void {
  const bounds = ranges.split(",").map((range, axis) => {
    const [start, end] = range.trim().split(":");
    const length = shape[axis] as number;
    const from = start === "" ? 0 : Number(start);
    // A single number is a range of one.
    return { from, to: end === undefined ? from + 1 : end === "" ? length : Number(end) };
  });
  data.forEach((_, flat) => {
    let rest = flat;
    const at = shape
      .toReversed()
      .map((length) => {
        const place = rest % length;
        rest = Math.floor(rest / length);
        return place;
      })
      .toReversed();
    if (bounds.every(({ from, to }, axis) => (at[axis] as number) >= from && (at[axis] as number) < to))
      data[flat] = value;
  });
}

function samplesOf({ x, y }: Samples): { shape: number[]; rows: number[][]; labels: number[] } {
  const { data, shape } = decodeTensor(x);
  const [count = 0, width = 0] = shape;
  const rows = Array.from({ length: count }, (_, i) => data.slice(i * width, (i + 1) * width));
  return { shape, rows, labels: decodeTensor(y).data };
}

function batchesOf(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  classes: number,
): BatchSource {
  const imageShape = [1, 1, rows[0]?.length ?? 0] as const;
  const source: BatchSource = Object.assign(
    (indexes: IndexSet) => ({
      images: tensor4d(Float32Array.from([...indexes].flatMap((i) => rows[i] as number[])), [
        indexes.length,
        ...imageShape,
      ]),
      labels: indexes.map((i) => labels[i] as number),
      indexes,
    }),
    { imageShape, classes },
  );
  return source;
}

function perceptron(features: number, hidden: number, classes: number): Model {
  return {
    name: "golden-perceptron",
    inputShape: [1, 1, features],
    classes,
    init: () => ({
      params: {
        W1: zeros([features, hidden]),
        b1: zeros([hidden]),
        W2: zeros([hidden, classes]),
        b2: zeros([classes]),
      },
      stats: {},
    }),
    apply: ({ params }, images) => {
      const at = (name: string): Tensor => params[name] as Tensor;
      const x = reshape(images, [images.shape[0], features]);
      const activated = relu(add(matMul(x, at("W1")), at("b1"))) as Tensor2D;
      return { logits: add(matMul(activated, at("W2")), at("b2")), features: activated, stats: undefined };
    },
    withClasses: (other) => perceptron(features, hidden, other),
  };
}
