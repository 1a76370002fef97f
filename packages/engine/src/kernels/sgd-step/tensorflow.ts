import { kernelNames } from "@ltu/core";
import { scalar, tensor1d, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";

import { registerTensorflowKernel, runOp, runOp1 } from "../tensorflow-op.ts";

const float = { T: { type: "float32" } } as const;

/**
 * The SGD step with few ops: parameters that differ only along their last but one axis (all vectors; all
 * convolution kernels with the same number of outputs) are concatenated and updated together. For ResNet-20 that
 * makes 45 ops of 65 times five.
 */
export function registerSgdStep(): void {
  registerTensorflowKernel(kernelNames.sgdStep, (inputs, attrs) => {
    const { count, lr, momentum, weightDecay } = attrs as Record<
      "count" | "lr" | "momentum" | "weightDecay",
      number
    >;
    const at = (kind: string, i: number): TensorInfo => inputs[`${kind}${i}`] as TensorInfo;
    const factors = { lr: scalar(lr), momentum: scalar(momentum), weightDecay: scalar(weightDecay) };
    const params: Tensor[] = [];
    const velocities: Tensor[] = [];
    for (const { axis, members } of groups(Array.from({ length: count }, (_, i) => at("param", i).shape))) {
      const [param, gradient, velocity] = ["param", "gradient", "velocity"].map((kind) =>
        joined(
          members.map((i) => at(kind, i)),
          axis,
        ),
      ) as [TensorInfo, TensorInfo, TensorInfo];
      const decayed = runOp1("Mul", float, [param, factors.weightDecay]);
      const carried = runOp1("Mul", float, [velocity, factors.momentum]);
      const newVelocity = runOp1("AddN", { ...float, N: { int: 3 } }, [carried, gradient, decayed]);
      const newParam = runOp1("Sub", float, [param, runOp1("Mul", float, [newVelocity, factors.lr])]);
      const lengths = members.map((i) => at("param", i).shape[axis] ?? 1);
      separated(newParam, lengths, axis).forEach((part, k) => (params[members[k] as number] = part));
      separated(newVelocity, lengths, axis).forEach((part, k) => (velocities[members[k] as number] = part));
    }
    return [...params, ...velocities];
  });
}

/** Which tensors can be joined, and along which axis. */
function groups(shapes: readonly (readonly number[])[]): { axis: number; members: number[] }[] {
  const found = new Map<string, { axis: number; members: number[] }>();
  shapes.forEach((shape, i) => {
    const axis = Math.max(0, shape.length - 2);
    // A scalar has no axis to be joined along, so each stays alone.
    const key =
      shape.length === 0 ? `scalar ${i}` : shape.map((length, k) => (k === axis ? "*" : length)).join();
    const group = found.get(key) ?? { axis, members: [] };
    group.members.push(i);
    found.set(key, group);
  });
  return [...found.values()];
}

function joined(tensors: readonly TensorInfo[], axis: number): TensorInfo {
  if (tensors.length === 1) return tensors[0] as TensorInfo;
  const attributes = { ...float, N: { int: tensors.length }, Tidx: { type: "int32" } } as const;
  return runOp1("ConcatV2", attributes, [...tensors, scalar(axis, "int32")]);
}

function separated(tensor: Tensor, lengths: readonly number[], axis: number): Tensor[] {
  if (lengths.length === 1) return [tensor];
  return runOp(
    "SplitV",
    { ...float, num_split: { int: lengths.length }, Tlen: { type: "int32" } },
    [tensor, tensor1d([...lengths], "int32"), scalar(axis, "int32")],
    lengths.length,
  );
}
