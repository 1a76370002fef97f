import { clone, transpose, type Tensor } from "@tensorflow/tfjs-core";

import { disposeParams, LtuError, mapParams, type Model, type Params, type Unlearner } from "@ltu/core";
import { sgd } from "@ltu/train";

import { checkRequest, checkRetainAccess } from "../check-request.ts";
import { convolutionKernels } from "../convolution-kernels.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "../from-original.ts";
import { scaledRate } from "../scaled-rate.ts";

/** Options of {@link convolutionTranspose}. */
export type ConvolutionTransposeOptions = FromOriginalOptions;

/**
 * Convolution transpose (CT): height and width of every convolution kernel are exchanged, which disturbs the model
 * without drawing anything, and fine-tuning on the retained data repairs it; the rate of epoch e of E is
 * lr (1 + cos(pi e / E)) / 2, e from 0. The forget set is not read.
 *
 * @param options - Default: 3 epochs, batch 64, rate 0.001, momentum 0.9, weight decay 5e-4, augmented.
 * @returns An unlearner that needs the retained data that `retainAccess` names.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `SHAPE` for a model
 *   without convolutions or with a kernel that is not square.
 *
 * Source: the fifth place of the NeurIPS 2023 unlearning challenge, named and measured in Cadet, Borovykh, Malekzadeh,
 * Ahmadi-Abhari, Haddadi, "Deep Unlearn", arXiv 2410.01276; xcadet/deepunlearn 6830ff6, `munl/unlearning/kgltop5.py`.
 */
export function convolutionTranspose(options: ConvolutionTransposeOptions = {}): Unlearner {
  const name = "convolution-transpose";
  const { retainAccess = "full", epochs = 3, batchSize = 64, lr = 0.001, ...given } = options;
  const recipe = recipeFromOriginal(
    name,
    { ...given, epochs, batchSize, lr },
    { alsoKnown: ["retainAccess"] },
  );
  const needs = {
    forget: false,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  const settings = { ...recipe, retainAccess };
  return {
    name,
    needs,
    expects: "free",
    options: settings,
    unlearn: async (request) => {
      const { retained } = await checkRequest(name, needs, request);
      const params = transposeKernels(name, request.model, request.original.params);
      try {
        return await fitRequest(request, {
          data: retained,
          recipe,
          rng: request.rng,
          task: name,
          weights: { params, stats: request.original.stats },
          optimizer: scaledRate(sgd, ({ epoch, epochs: all }) => (1 + Math.cos((Math.PI * epoch) / all)) / 2),
          settings,
        });
      } finally {
        disposeParams(params);
      }
    },
  };
}

/** Exchanges height and width of every convolution kernel; the caller disposes all parameters. */
function transposeKernels(method: string, model: Model, params: Params): Params {
  const kernels = convolutionKernels(method, model, params);
  const oblong = kernels.find(([, { shape }]) => shape[0] !== shape[1]);
  if (oblong !== undefined) {
    throw new LtuError(
      "SHAPE",
      `${method}: expected square convolution kernels, found ${oblong[0]} of shape [${oblong[1].shape.join(", ")}]; choose another method or model.`,
    );
  }
  const isKernel = (tensor: Tensor): boolean => kernels.some(([, kernel]) => kernel === tensor);
  return mapParams(params, (tensor) => (isKernel(tensor) ? transpose(tensor, [1, 0, 2, 3]) : clone(tensor)));
}
