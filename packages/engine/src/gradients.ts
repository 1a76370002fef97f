// Loads the gradients of tfjs-core, which that package alone does not register in Node.
import "@tensorflow/tfjs";
import { hasKernel, kernelNames, runKernel } from "@ltu/core";
import {
  add,
  cast,
  engine,
  expandDims,
  mul,
  neg,
  oneHot,
  registerGradient,
  reshape,
  rsqrt,
  scatterND,
  softmax,
  square,
  step,
  sub,
  sum,
  tidy,
  zeros,
  type NamedAttrMap,
  type Rank,
  type ShapeMap,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

/**
 * Registers the gradients of LTU's kernels, faster ones for `Relu` and `Add`, and those of picking and comparing
 * that tfjs lacks; the only place that registers gradients. Each runs the gradient kernel of the current backend where it has one, composed ops otherwise.
 * Calling it again changes nothing.
 */
export function registerGradients(): void {
  registerPickingGradients();
  registerGradient({
    kernelName: kernelNames.batchNormTraining,
    inputsToSave: ["x", "gamma"],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [x, gamma, mean, variance] = saved as [Tensor, Tensor1D, Tensor1D, Tensor1D];
      return lazily(
        batchNormTrainingGradient({ x, gamma, mean, variance, dy: (dys as Tensor[])[0] as Tensor }, attrs),
      );
    },
  });
  registerGradient({
    kernelName: kernelNames.batchNormInference,
    inputsToSave: ["x", "gamma", "mean", "variance"],
    gradFunc: (dy, saved, attrs) => {
      const [x, gamma, mean, variance] = saved as [Tensor, Tensor1D, Tensor1D, Tensor1D];
      return batchNormInferenceGradient({ x, gamma, mean, variance, dy: dy as Tensor }, attrs);
    },
  });
  registerGradient({
    kernelName: kernelNames.softmaxCrossEntropy,
    inputsToSave: ["logits", "labels"],
    gradFunc: (dy, saved) => {
      const [logits, labels] = saved as [Tensor2D, Tensor1D];
      return { logits: () => softmaxCrossEntropyGradient(logits, labels, dy as Tensor1D) };
    },
  });
  registerGradient({
    kernelName: "Relu",
    // The output serves as well as the input (both are positive at the same places) and outlives it anyway as
    // the input of the next layer, so nothing more stays in memory.
    outputsToSave: [true],
    gradFunc: (dy, saved) => ({
      x: () => {
        const y = saved[0] as Tensor;
        return hasKernel(kernelNames.reluGrad)
          ? (runKernel(kernelNames.reluGrad, { dy: dy as Tensor, y })[0] as Tensor)
          : mul(dy as Tensor, step(y));
      },
    }),
  });
  registerGradient({
    kernelName: "Add",
    inputsToSave: ["a", "b"],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      return {
        a: () => summedTo(dy as Tensor, a.shape),
        b: () => summedTo(dy as Tensor, b.shape),
      };
    },
  });
}

/**
 * Comparisons, whose gradient is zero wherever it exists. tfjs has none, so that a loss with a case distinction on
 * its own input (a smooth L1 loss by `where`) could not be differentiated.
 */
const comparisons = {
  Equal: ["a", "b"],
  Greater: ["a", "b"],
  GreaterEqual: ["a", "b"],
  Less: ["a", "b"],
  LessEqual: ["a", "b"],
  LogicalAnd: ["a", "b"],
  LogicalNot: ["x"],
  LogicalOr: ["a", "b"],
  NotEqual: ["a", "b"],
};

/** Gradients of kernels that pick numbers: each number's gradient goes back to the place it came from. */
function registerPickingGradients(): void {
  registerGradient({
    kernelName: "TopK",
    inputsToSave: ["x"],
    outputsToSave: [false, true],
    gradFunc: (dys, saved) => ({
      x: () => {
        const [x, indices] = saved as [Tensor, Tensor];
        const places = oneHot(cast(indices, "int32"), x.shape[x.rank - 1] as number);
        return sum(mul(expandDims((dys as Tensor[])[0] as Tensor, -1), places), -2);
      },
    }),
  });
  registerGradient({
    kernelName: "GatherNd",
    inputsToSave: ["params", "indices"],
    gradFunc: (dy, saved) => {
      const [params, indices] = saved as [Tensor, Tensor];
      return {
        params: () => scatterND(indices, dy as Tensor, params.shape as ShapeMap[Rank]),
        indices: () => zeros(indices.shape),
      };
    },
  });
  for (const [kernelName, inputs] of Object.entries(comparisons)) {
    registerGradient({
      kernelName,
      inputsToSave: inputs,
      gradFunc: (_, saved) =>
        Object.fromEntries(
          inputs.map((name, i) => [name, () => zeros((saved as Tensor[])[i]?.shape as ShapeMap[Rank])]),
        ),
    });
  }
}

type BatchNormTensors = Record<"x" | "gamma" | "mean" | "variance" | "dy", Tensor>;

/**
 * dx = gamma r / n (n dy - sum dy - xhat sum(dy xhat)), dgamma = sum(dy xhat), dbeta = sum dy, where
 * r = 1 / sqrt(variance + epsilon), xhat = (x - mean) r and sums run over the n positions of a channel.
 */
function batchNormTrainingGradient(tensors: BatchNormTensors, attrs: NamedAttrMap): Record<string, Tensor> {
  if (hasKernel(kernelNames.batchNormTrainingGrad)) {
    const [x, gamma, beta] = runKernel(kernelNames.batchNormTrainingGrad, { ...tensors }, attrs);
    return { x, gamma, beta } as Record<string, Tensor>;
  }
  const { x, gamma, mean, variance, dy } = tensors;
  return tidy(() => {
    const axes = channelAxes(x);
    const n = x.size / (x.shape[x.rank - 1] as number);
    const r = rsqrt(add(variance, attrs["epsilon"] as number));
    const normalised = mul(sub(x, mean), r);
    const dbeta = sum(dy, axes);
    const dgamma = sum(mul(dy, normalised), axes);
    const centred = sub(dy, mul(add(dbeta, mul(normalised, dgamma)), 1 / n));
    return { x: mul(centred, mul(gamma, r)), gamma: dgamma, beta: dbeta };
  });
}

/** dx = dy gamma r, dgamma = sum(dy (x - mean)) r, dbeta = sum dy; the statistics have gradients as well. */
function batchNormInferenceGradient(
  tensors: BatchNormTensors,
  attrs: NamedAttrMap,
): Record<string, () => Tensor> {
  const { x, gamma, mean, variance, dy } = tensors;
  const reciprocal = (): Tensor => rsqrt(add(variance, attrs["epsilon"] as number));
  const made = tidy(() => {
    if (hasKernel(kernelNames.batchNormInferenceGrad)) {
      const [dx, dgamma, dbeta] = runKernel(kernelNames.batchNormInferenceGrad, { ...tensors }, attrs);
      return { x: dx, gamma: dgamma, beta: dbeta } as Record<string, Tensor>;
    }
    const axes = channelAxes(x);
    const r = reciprocal();
    return {
      x: mul(dy, mul(gamma, r)),
      gamma: mul(sum(mul(dy, sub(x, mean)), axes), r),
      beta: sum(dy, axes),
    };
  }) as { x: Tensor; gamma: Tensor; beta: Tensor };
  return {
    ...lazily(made),
    mean: () => neg(mul(made.beta, mul(gamma, reciprocal()))),
    variance: () => mul(mul(made.gamma, mul(gamma, square(reciprocal()))), -0.5),
  };
}

/** dlogits_i = (softmax(z_i) - onehot(y_i)) dy_i. */
function softmaxCrossEntropyGradient(logits: Tensor2D, labels: Tensor1D, dy: Tensor1D): Tensor {
  if (hasKernel(kernelNames.softmaxCrossEntropyGrad)) {
    return runKernel(kernelNames.softmaxCrossEntropyGrad, { logits, labels, dy })[0] as Tensor;
  }
  return mul(sub(softmax(logits), oneHot(labels, logits.shape[1])), expandDims(dy, 1));
}

/** The gradient of a broadcast input: `dy` summed over the axes along which it was repeated. */
function summedTo(dy: Tensor, shape: readonly number[]): Tensor {
  if (dy.rank === shape.length && dy.shape.every((size, axis) => size === shape[axis])) {
    return sharedHandle(dy);
  }
  const offset = dy.rank - shape.length;
  const axes = dy.shape.flatMap((size, axis) =>
    axis < offset || shape[axis - offset] !== size ? [axis] : [],
  );
  return reshape(sum(dy, axes), [...shape]);
}

/** A second tensor on the same numbers, without running a kernel. */
function sharedHandle(tensor: Tensor): Tensor {
  engine().backend.incRef(tensor.dataId);
  return engine().makeTensorFromTensorInfo({
    dataId: tensor.dataId,
    shape: tensor.shape,
    dtype: tensor.dtype,
  });
}

/** All axes but the last. */
function channelAxes(x: Tensor): number[] {
  return x.shape.slice(0, -1).map((_, axis) => axis);
}

/** The form in which tfjs asks for gradients. They are made before, together, since the tape tidies each call. */
function lazily(gradients: Record<string, Tensor>): Record<string, () => Tensor> {
  return Object.fromEntries(Object.entries(gradients).map(([name, tensor]) => [name, () => tensor]));
}
