import { kernelNames } from "@ltu/core";
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs-core";

import { floats, wasmKernel } from "../wasm-heap.ts";

/** The SGD step on the wasm backend: one loop for each parameter in place of five kernels. */
export const sgdStepWasm: readonly KernelConfig[] = [
  wasmKernel<string>(kernelNames.sgdStep, (backend, inputs, attrs) => {
    const { count, lr, momentum, weightDecay } = attrs as Record<string, number>;
    const positions = Array.from({ length: count as number }, (_, i) => i);
    const shapes = positions.map((i) => (inputs[`param${i}`] as TensorInfo).shape);
    const outputs = [...shapes, ...shapes].map((shape) => backend.makeOutput(shape, "float32"));
    for (const i of positions) {
      const [oldParam, gradient, oldVelocity] = ["param", "gradient", "velocity"].map((name) =>
        floats(backend, inputs[`${name}${i}`] as TensorInfo),
      ) as [Float32Array, Float32Array, Float32Array];
      const param = floats(backend, outputs[i] as TensorInfo);
      const velocity = floats(backend, outputs[i + (count as number)] as TensorInfo);
      step(
        { oldParam, gradient, oldVelocity, param, velocity },
        lr as number,
        momentum as number,
        weightDecay as number,
      );
    }
    return outputs;
  }),
];

type StepArrays = Record<"oldParam" | "gradient" | "oldVelocity" | "param" | "velocity", Float32Array>;

/** Rounded to float32 where the composed form rounds, so that both give the same bits. */
function step(
  { oldParam, gradient, oldVelocity, param, velocity }: StepArrays,
  lr: number,
  momentum: number,
  weightDecay: number,
): void {
  const { fround } = Math;
  const [lr32, momentum32, decay32] = [fround(lr), fround(momentum), fround(weightDecay)];
  for (let i = 0; i < param.length; i++) {
    const decayed = fround((gradient[i] as number) + fround((oldParam[i] as number) * decay32));
    const next = fround(fround((oldVelocity[i] as number) * momentum32) + decayed);
    velocity[i] = next;
    param[i] = (oldParam[i] as number) - fround(next * lr32);
  }
}
