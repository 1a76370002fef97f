import { add, addN, mul, scalar, sign, sum, type Scalar } from "@tensorflow/tfjs-core";

import { LtuError, type Params, type Unlearner } from "@ltu/core";
import { crossEntropy, type Objective } from "@ltu/train";

import { checkRequest, checkRetainAccess } from "./check-request.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "./from-original.ts";

/** Options of {@link l1Sparse}. */
export interface L1SparseOptions extends FromOriginalOptions {
  /** The weight of the l1 norm in the first epoch, gamma; default 1e-4. */
  readonly gamma?: number;
  /** How many epochs at the end are plain fine-tuning, T_0; default 0. */
  readonly noL1Epochs?: number;
}

/** gamma_e of epoch e = 0, 1, ...: gamma (1 - e / (T - T_0)), and 0 from e = T - T_0 on. */
export function gammaOf(
  epoch: number,
  { gamma, epochs, noL1Epochs }: { gamma: number; epochs: number; noL1Epochs: number },
): number {
  const withL1 = epochs - noL1Epochs;
  return epoch < withL1 ? gamma * (1 - epoch / withL1) : 0;
}

/** The l1 norm of all parameters. Its subgradient is sign(theta), with sign(0) = 0. */
function l1Norm(params: Params): Scalar {
  // Not abs(): TensorFlow.js takes -1 for its slope at 0, which would push exact zeros away from 0.
  return addN(Object.values(params).map((theta) => sum(mul(theta, sign(theta))))) as Scalar;
}

/**
 * l1-sparse: fine-tuning on the retained data with an l1 penalty that fades, so that weights which only the forget set
 * needs are given up:
 *
 * min over theta of E_{D_r} CE(x, y) + gamma_e ||theta||_1, gamma_e = gamma (1 - e / (T - T_0)), 0 from e = T - T_0 on.
 *
 * The norm runs over all parameters, biases and batch norm included; weight decay stays on. Nothing is pruned.
 *
 * @param options - Default: gamma 1e-4, no epoch without it, 10 epochs, batch 256, rate 0.01, momentum 0.9, weight
 *   decay 5e-4, augmented.
 * @returns An unlearner that needs the retained data that `retainAccess` names.
 * @throws LtuError `OPTION` for an unknown option or a value out of range.
 *
 * Source: Jia et al., "Model sparsity can simplify machine unlearning", NeurIPS 2023; OPTML-Group/Unlearn-Saliency
 * a6e89fd, `Classification/unlearn/FT.py` (`FT_l1`). Differs from it in the default of gamma: the code shares 0.2
 * with another method.
 */
export function l1Sparse(options: L1SparseOptions = {}): Unlearner {
  const name = "l1-sparse";
  const { gamma = 1e-4, noL1Epochs = 0, retainAccess = "full", ...given } = options;
  const alsoKnown = ["gamma", "noL1Epochs", "retainAccess"];
  const recipe = recipeFromOriginal(name, given, { alsoKnown });
  const { epochs } = recipe;
  const wrong = (expected: string, found: unknown): LtuError =>
    new LtuError("OPTION", `${name}: expected ${expected}, found ${String(found)}; correct the option.`);
  if (!Number.isFinite(gamma) || gamma < 0) throw wrong("gamma to be a number of at least 0", gamma);
  if (!Number.isInteger(noL1Epochs) || noL1Epochs < 0 || noL1Epochs > epochs)
    throw wrong(`noL1Epochs to be a whole number from 0 to the ${epochs} epochs`, noL1Epochs);
  const needs = {
    forget: false,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  const objective: Objective = ({ output, labels, params, place }) => {
    const loss = crossEntropy(output.logits, labels);
    const weight = gammaOf(place.epoch, { gamma, epochs, noL1Epochs });
    return weight === 0 ? loss : (add(loss, mul(l1Norm(params), scalar(weight))) as Scalar);
  };
  const resolved = { ...recipe, gamma, noL1Epochs, retainAccess };
  return {
    name,
    needs,
    expects: "free",
    options: resolved,
    unlearn: async (request) => {
      const { retained } = await checkRequest(name, needs, request);
      return fitRequest(request, {
        data: retained,
        recipe,
        rng: request.rng,
        task: name,
        weights: request.original,
        objective,
        settings: resolved,
      });
    },
  };
}
