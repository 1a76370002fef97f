import type { Model } from "@ltu/core";

/** Where each number of a parameter stands in the other framework: `shape` there, and the order of axes that leads to it. */
export interface Layout {
  /** The shape in this package, cut finer where an axis is made of several. */
  readonly from: readonly number[];
  /** `to[i]` is the axis of `from` that stands at place i in PyTorch. */
  readonly axes: readonly number[];
  /** The shape in PyTorch. */
  readonly shape: readonly number[];
}

/**
 * How a parameter lies in PyTorch: convolution kernels `[height, width, in, out]` become `[out, in, height, width]`,
 * linear weights `[in, out]` become `[out, in]`, everything else stays. The first layer of `mlp` reads images flattened
 * channel by channel there, pixel by pixel here.
 */
export function torchLayout(
  model: Pick<Model, "name" | "inputShape">,
  name: string,
  shape: readonly number[],
): Layout {
  const [rows = 0, columns = 0] = shape;
  if (model.name === "mlp" && name === "fc1.weight") {
    return { from: [...model.inputShape, columns], axes: [3, 2, 0, 1], shape: [columns, rows] };
  }
  const axes = { 2: [1, 0], 4: [3, 2, 0, 1] }[shape.length] ?? shape.map((_, axis) => axis);
  return { from: shape, axes, shape: axes.map((axis) => shape[axis] as number) };
}

/** The numbers in the order of PyTorch. */
export function toTorchOrder(numbers: Float32Array, { from, axes }: Layout): Float32Array {
  const moved = new Float32Array(numbers.length);
  forEachPlace(from, axes, (here, there) => (moved[there] = numbers[here] as number));
  return moved;
}

/** The numbers in the order of this package. */
export function fromTorchOrder(numbers: Float32Array, { from, axes }: Layout): Float32Array {
  const moved = new Float32Array(numbers.length);
  forEachPlace(from, axes, (here, there) => (moved[here] = numbers[there] as number));
  return moved;
}

/** Visits every place of the permuted tensor in its order, with the place that it comes from. */
function forEachPlace(
  from: readonly number[],
  axes: readonly number[],
  visit: (here: number, there: number) => void,
): void {
  const strides = from.map((_, axis) =>
    from.slice(axis + 1).reduce((product, length) => product * length, 1),
  );
  const lengths = axes.map((axis) => from[axis] as number);
  const steps = axes.map((axis) => strides[axis] as number);
  const count = lengths.reduce((product, length) => product * length, 1);
  const index = lengths.map(() => 0);
  let here = 0;
  for (let there = 0; there < count; there++) {
    visit(here, there);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      here += steps[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (lengths[axis] as number)) break;
      here -= (steps[axis] as number) * (lengths[axis] as number);
      index[axis] = 0;
    }
  }
}
