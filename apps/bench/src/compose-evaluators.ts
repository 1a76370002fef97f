import { LtuError } from "@ltu/core";
import {
  ensemble,
  entropyThreshold,
  gradientNorm,
  labelOnly,
  lira,
  lossThreshold,
  modifiedEntropyThreshold,
  quantile,
  rmia,
  type Evaluator,
} from "@ltu/mia/evaluators";

import type { Experiment } from "./config.ts";
import { didYouMean } from "./nearest-name.ts";

/** The evaluators that an experiment may name: those that need no shadow model but the oracles of the run. */
const evaluators: Readonly<Record<string, (augmented: boolean) => Evaluator>> = {
  ensemble: () => ensemble(),
  "entropy-threshold": () => entropyThreshold(),
  "gradient-norm": () => gradientNorm(),
  // Without augmentation in training, a shifted image is none that a member was: noise takes its place.
  "label-only": (augmented) => labelOnly({ form: augmented ? "votes" : "boundary" }),
  lira: () => lira({ form: "offline" }),
  "loss-threshold": () => lossThreshold(),
  "modified-entropy-threshold": () => modifiedEntropyThreshold(),
  quantile: () => quantile(),
  rmia: () => rmia({ form: "offline" }),
};

/** Why a name that exists cannot stand here. */
const elsewhere: Readonly<Record<string, string>> = {
  "confidence-svc": "it is the attack of MIA-efficacy and always there",
  "u-lira": "it needs shadow models that were unlearned by the same method, which a run does not train",
  "update-pair": "it needs a shadow model that was unlearned by the same method, which a run does not train",
};

/**
 * The evaluators of an experiment's `audit.evaluators`, in its order.
 *
 * @throws LtuError `OPTION` for a name that is none, with the nearest right one, and for a name twice.
 */
export function composeEvaluators({ audit, training }: Pick<Experiment, "audit" | "training">): Evaluator[] {
  const names = Object.keys(evaluators);
  return audit.evaluators.map((name, i) => {
    if (Object.hasOwn(elsewhere, name)) {
      throw new LtuError(
        "OPTION",
        `experiment: audit.evaluators cannot have ${name}: ${elsewhere[name]}; leave it out.`,
      );
    }
    if (!Object.hasOwn(evaluators, name)) {
      throw new LtuError(
        "OPTION",
        `experiment: audit.evaluators must be out of ${names.join(", ")}, found "${name}"; ${didYouMean(name, names)}`,
      );
    }
    if (audit.evaluators.indexOf(name) !== i) {
      throw new LtuError(
        "OPTION",
        `experiment: audit.evaluators must have each name once, found ${name} twice; remove one.`,
      );
    }
    return (evaluators[name] as (augmented: boolean) => Evaluator)(training.augment);
  });
}
