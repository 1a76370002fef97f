import { add, mul, scalar, sub, tidy, type Tensor } from "@tensorflow/tfjs-core";

import { LtuError } from "../errors.ts";
import type { Params } from "../params.ts";
import { hasKernel, kernelNames, runKernel } from "./kernel.ts";

/** Hyperparameters of one SGD step. */
export interface SgdStepOptions {
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/**
 * One step of SGD in PyTorch's form: v <- momentum v + (g + weightDecay p), p <- p - lr v.
 *
 * With a zero velocity the first buffer equals the gradient, as in PyTorch (dampening 0).
 *
 * @returns New parameters and new velocity; the caller disposes both, and the old ones.
 * @throws LtuError `SHAPE` when gradient or velocity lack a parameter or hold one of another shape.
 */
export function sgdStep(
  params: Params,
  gradient: Params,
  velocity: Params,
  { lr, momentum, weightDecay }: SgdStepOptions,
): { params: Params; velocity: Params } {
  const names = Object.keys(params);
  checkTree("gradient", gradient, params);
  checkTree("velocity", velocity, params);
  const at = (tree: Params, name: string): Tensor => tree[name] as Tensor;
  if (hasKernel(kernelNames.sgdStep)) {
    const inputs = Object.fromEntries(
      names.flatMap((name, i) => [
        [`param${i}`, at(params, name)],
        [`gradient${i}`, at(gradient, name)],
        [`velocity${i}`, at(velocity, name)],
      ]),
    );
    // Outputs: all parameters, then all velocities, in the order of the inputs.
    const outputs = runKernel(kernelNames.sgdStep, inputs, {
      count: names.length,
      lr,
      momentum,
      weightDecay,
    });
    return {
      params: Object.fromEntries(names.map((name, i) => [name, outputs[i] as Tensor])),
      velocity: Object.fromEntries(names.map((name, i) => [name, outputs[names.length + i] as Tensor])),
    };
  }
  return tidy(() => {
    const newParams: Record<string, Tensor> = {};
    const newVelocity: Record<string, Tensor> = {};
    for (const name of names) {
      const decayed = add(at(gradient, name), mul(at(params, name), scalar(weightDecay)));
      newVelocity[name] = add(mul(at(velocity, name), scalar(momentum)), decayed);
      newParams[name] = sub(at(params, name), mul(newVelocity[name], scalar(lr)));
    }
    return { params: newParams, velocity: newVelocity } as unknown as Record<string, never>;
  }) as unknown as { params: Params; velocity: Params };
}

function checkTree(what: string, tree: Params, params: Params): void {
  for (const [name, param] of Object.entries(params)) {
    const found = tree[name]?.shape.join(", ");
    if (found !== param.shape.join(", ")) {
      throw new LtuError(
        "SHAPE",
        `sgdStep: "${name}" must have shape [${param.shape.join(", ")}] in ${what}, found ${
          found === undefined ? "none" : `[${found}]`
        }; take ${what} from the same model.`,
      );
    }
  }
}
