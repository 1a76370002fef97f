import { add, clone, mul, tensor, tidy, type Tensor } from "@tensorflow/tfjs-core";

import {
  addScaledParams,
  disposeParams,
  mapParams,
  type Params,
  type Rng,
  type Unlearner,
  type UnlearnRequest,
} from "@ltu/core";
import { checkedBatches, type Optimizer, type Recipe, sgd, type StepPlace } from "@ltu/train";

import { accumulateGradients, type GradientPass } from "../accumulate-gradients.ts";
import { checkNumber } from "../check-number.ts";
import { checkRequest, checkRetainAccess, type RequestedSets } from "../check-request.ts";
import { convolutionKernels } from "../convolution-kernels.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "../from-original.ts";
import { scaledRate } from "../scaled-rate.ts";

/** Options of {@link maskedSmallGradients}. */
export interface MaskedSmallGradientsOptions extends FromOriginalOptions {
  /** The share of each convolution kernel that is drawn anew, from 0 to 1; default 0.3. */
  readonly initRate?: number;
}

/** What is left of the gradient of kernel weights that were not drawn anew. */
const keptGradient = 0.1;

/**
 * Masked small gradients (MSG): with the signed gradient
 *
 * g = sum over batches of D_r' grad CE - sum over batches of D_f grad CE,   D_r' as many retained samples as D_f has,
 *
 * the share `initRate` of each convolution kernel with the smallest |g| is drawn anew (normal, standard deviation
 * sqrt(2 / (height width out))); then all weights are fine-tuned on the retained data, the gradient of the kernel
 * weights that were kept times 0.1. The rate rises linearly over the first half of the epochs and falls after it.
 *
 * @param options - Default: 0.3 drawn anew, 5 epochs, batch 64, rate 0.001, momentum 0.9, weight decay 5e-4, augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names; its ledger counts
 *   the gradient that chooses. A resumed run computes that gradient again.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `SHAPE` for a model
 *   without convolutions.
 *
 * Source: the second place of the NeurIPS 2023 unlearning challenge, named and measured in Cadet, Borovykh,
 * Malekzadeh, Ahmadi-Abhari, Haddadi, "Deep Unlearn", arXiv 2410.01276; xcadet/deepunlearn 6830ff6,
 * `munl/unlearning/kgltop2.py`. *Differs from the source* in that running statistics stay while g is made (there they
 * move, and fine-tuning renews them), and in one batch size for everything.
 */
export function maskedSmallGradients(options: MaskedSmallGradientsOptions = {}): Unlearner {
  const name = "masked-small-gradients";
  const { initRate = 0.3, retainAccess = "full", ...others } = options;
  const { epochs = 5, batchSize = 64, lr = 0.001, ...given } = others;
  checkNumber(name, "initRate", initRate, { min: 0, max: 1 });
  const alsoKnown = ["initRate", "retainAccess"];
  const recipe = recipeFromOriginal(name, { ...given, epochs, batchSize, lr }, { alsoKnown });
  const needs = {
    forget: true,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  const settings = { ...recipe, initRate, retainAccess };
  return {
    name,
    needs,
    expects: "free",
    options: settings,
    unlearn: async (request) => {
      const started = performance.now();
      const sets = await checkRequest(name, needs, request);
      const { model, original, rng } = request;
      const kernels = convolutionKernels(name, model, original.params);
      const { gradient, images } = await signedGradient(name, request, { sets, recipe });
      const drawn: Params[] = [];
      try {
        const { params, masks } = await drawAnew(kernels, gradient, { initRate, rng: rng.split("draw") });
        drawn.push(params, masks);
        const start = mapParams(original.params, (value, key) => clone(params[key] ?? value));
        drawn.push(start);
        const result = await fitRequest(request, {
          data: sets.retained,
          recipe,
          rng: rng.split("fit"),
          task: name,
          weights: { params: start, stats: original.stats },
          optimizer: scaledRate(maskedGradient(sgd, masks), upAndDown),
          settings,
        });
        const cost = {
          ...result.cost,
          imagesForward: images + result.cost.imagesForward,
          imagesBackward: images + result.cost.imagesBackward,
          wallMs: performance.now() - started,
        };
        return { ...result, cost };
      } finally {
        [gradient, ...drawn].forEach(disposeParams);
      }
    },
  };
}

/** g, and how many images it took. */
async function signedGradient(
  method: string,
  request: UnlearnRequest,
  {
    sets: { forgetSet, retained },
    recipe: { batchSize, augment },
  }: { readonly sets: RequestedSets; readonly recipe: Recipe },
): Promise<{ readonly gradient: Params; readonly images: number }> {
  const { model, original, rng, signal, onProgress } = request;
  const probe = rng.split("probe").choice(retained, Math.min(retained.length, forgetSet.length));
  const task = `${method}: gradient`;
  const batchesOf = ({ length }: Int32Array): number => Math.ceil(length / batchSize);
  const steps = batchesOf(probe) + batchesOf(forgetSet);
  let step = 0;
  const gradientOf = (indexes: Int32Array, part: string): Promise<Params> => {
    const pass: GradientPass = {
      model,
      weights: original,
      batches: checkedBatches(method, request.batches),
      indexes,
      batchSize,
      mode: "batch",
      augment: augment ? rng.split(`augment/${part}`) : undefined,
      task,
      signal,
      onBatch: (loss) => onProgress?.({ task, step: ++step, steps, values: { loss } }),
    };
    return accumulateGradients(pass, (sum, gradient) => add(sum, gradient));
  };
  const ofRetain = await gradientOf(probe, "retain");
  try {
    const ofForget = await gradientOf(forgetSet, "forget");
    const gradient = addScaledParams(ofRetain, ofForget, -1);
    disposeParams(ofForget);
    return { gradient, images: probe.length + forgetSet.length };
  } finally {
    disposeParams(ofRetain);
  }
}

/** Kernels with their weights of smallest gradient drawn anew, and masks that are 1 there and `keptGradient` elsewhere. */
async function drawAnew(
  kernels: readonly (readonly [string, Tensor])[],
  gradient: Params,
  { initRate, rng }: { readonly initRate: number; readonly rng: Rng },
): Promise<{ readonly params: Params; readonly masks: Params }> {
  const params: Record<string, Tensor> = {};
  const masks: Record<string, Tensor> = {};
  for (const [name, kernel] of kernels) {
    const [height, width, , out] = kernel.shape as [number, number, number, number];
    const values = Float32Array.from(await kernel.data<"float32">());
    const sizes = (await (gradient[name] as Tensor).data<"float32">()).map(Math.abs);
    const fresh = rng.split(name).normals(kernel.size, Math.sqrt(2 / (height * width * out)));
    const mask = new Float32Array(kernel.size).fill(keptGradient);
    const bySize = sizes
      .map((_, i) => i)
      .toSorted((a, b) => (sizes[a] as number) - (sizes[b] as number) || a - b);
    for (const i of bySize.subarray(0, Math.round(initRate * kernel.size))) {
      values[i] = fresh[i] as number;
      mask[i] = 1;
    }
    params[name] = tensor(values, kernel.shape);
    masks[name] = tensor(mask, kernel.shape);
  }
  return { params, masks };
}

/** The same optimizer on gradients times a mask, where there is one. */
function maskedGradient(optimizer: Optimizer, masks: Params): Optimizer {
  return {
    ...optimizer,
    step: (params, gradient, state, options) =>
      tidy(() => {
        const masked = mapParams(gradient, (value, name) => {
          const mask = masks[name];
          return mask === undefined ? value : mul(value, mask);
        });
        return optimizer.step(params, masked, state, options) as never;
      }) as unknown as ReturnType<Optimizer["step"]>,
  };
}

/** The rate's factor: up to 1 over the first half of the epochs, then down. */
export function upAndDown({ epoch, epochs }: StepPlace): number {
  const top = Math.floor((epochs + 1) / 2);
  const count = epoch + 1;
  return count <= top ? count / top : (epochs + 1 - count) / (epochs + 1 - top);
}
