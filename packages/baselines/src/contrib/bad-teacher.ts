import { div, tensor2d, tidy, where, type Scalar, type Tensor2D } from "@tensorflow/tfjs-core";

import { disposeParams, type Unlearner } from "@ltu/core";
import { adam, sgd, type Objective, type StepBatch } from "@ltu/train";

import { checkChoice } from "../check-choice.ts";
import { checkNumber } from "../check-number.ts";
import { checkRequest, checkRetainAccess } from "../check-request.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "../from-original.ts";
import { frozenLogits } from "../frozen-logits.ts";
import { klDivergence } from "../kl-divergence.ts";

/** Options of {@link badTeacher}. */
export interface BadTeacherOptions extends FromOriginalOptions {
  /** Default 1. */
  readonly temperature?: number;
  /**
   * What the divergence is divided by: `"elements"` (default, as the reference) batch times classes, `"batch"` the
   * batch alone, as the formula says.
   */
  readonly reduction?: "elements" | "batch";
  /** `"adam"` (default) or `"sgd"` with momentum. */
  readonly optimizer?: "adam" | "sgd";
}

/**
 * Bad Teacher: a student that starts as the original model follows an incompetent teacher (fresh random weights, from
 * `rng.split("incompetent")`) on the forget set and the original model on the retained data, in one mixed pass:
 *
 * min over theta of KL(p_teacher || p_theta), p = softmax(logits / T), over D_f and D_r shuffled together.
 *
 * The labels take no part. The student is in train mode, the teachers in eval mode.
 *
 * @param options - Default: 1 epoch, batch 256, Adam with rate 1e-4, no weight decay, temperature 1, augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names. Its ledger counts
 *   one forward pass of each teacher for each image trained on.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `DIVERGED` naming the
 *   step.
 *
 * Source: Chundawat, Tarun, Mandal, Kankanhalli, "Can Bad Teaching Induce Forgetting?", AAAI 2023;
 * vikram2000b/bad-teaching-unlearning f1aa988, `unlearn.py` (`blindspot_unlearner`), and its notebook for the defaults
 * (there on 30 % of the retained data). There the default reduction of `kl_div` divides by batch times classes, which
 * with SGD makes each step smaller by the number of classes; `reduction: "batch"` is the formula.
 */
export function badTeacher(options: BadTeacherOptions = {}): Unlearner {
  const name = "bad-teacher";
  const {
    temperature = 1,
    reduction = "elements",
    optimizer = "adam",
    retainAccess = "full",
    ...others
  } = options;
  const { epochs = 1, lr = 1e-4, weightDecay = 0, ...given } = others;
  checkNumber(name, "temperature", temperature, { min: 1e-3 });
  checkChoice(name, "reduction", reduction, ["elements", "batch"]);
  checkChoice(name, "optimizer", optimizer, ["adam", "sgd"]);
  const own = { temperature, reduction, optimizer, retainAccess };
  const recipe = recipeFromOriginal(
    name,
    { ...given, epochs, lr, weightDecay },
    { alsoKnown: Object.keys(own) },
  );
  const needs = {
    forget: true,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  const settings = { ...recipe, ...own };
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: settings,
    unlearn: async (request) => {
      const { forgetSet, retained } = await checkRequest(name, needs, request);
      const { model, original, rng } = request;
      const incompetent = model.init(rng.split("incompetent"));
      const objective: Objective = ({ output, target }) => {
        const divergence = klDivergence(target as Tensor2D, output.logits, { temperature });
        return (reduction === "batch" ? divergence : div(divergence, model.classes)) as Scalar;
      };
      /** For each sample the logits of its own teacher. */
      const targetOf = ({ images, sets }: StepBatch): Tensor2D =>
        tidy(() => {
          const isForget = tensor2d(Array.from(sets as Uint8Array, (set) => [set === 0]));
          const [bad, good] = [incompetent, original].map((teacher) => frozenLogits(model, teacher, images));
          return where(isForget, bad as Tensor2D, good as Tensor2D);
        });
      try {
        const result = await fitRequest(request, {
          data: () => [[{ indexes: forgetSet }, { indexes: retained }]],
          recipe,
          rng: rng.split("fit"),
          task: name,
          weights: original,
          objective,
          optimizer: optimizer === "adam" ? adam() : sgd,
          prepare: (batch) => Promise.resolve({ target: targetOf(batch) }),
          settings,
        });
        const imagesForward = 3 * result.cost.imagesForward;
        return { ...result, cost: { ...result.cost, imagesForward } };
      } finally {
        [incompetent.params, incompetent.stats].forEach(disposeParams);
      }
    },
  };
}
