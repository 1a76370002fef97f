import { LtuError } from "@ltu/core";
import { cutSplits } from "@ltu/datasets";

import { composeBaseline, baselineNames } from "../compose-methods.ts";
import { didYouMean } from "../nearest-name.ts";
import type { RunContext } from "../run-context.ts";
import { byClass } from "../run-data.ts";
import { cutOptions } from "../stages/cut-sets.ts";
import { forgetStream } from "../stages/prepare.ts";
import { chooseForgetSet, needOf } from "./choose-forget-set.ts";
import { isNamed, type NamedForget } from "./forget-config.ts";

/**
 * Refuses sets that cannot be cut and a forget set that cannot be chosen, before anything is written. A rule that needs no
 * model is tried; of the others everything is checked that can be known.
 *
 * @throws LtuError `OPTION` that names the key.
 */
export function checkForget(context: RunContext): void {
  const { experiment, data, splitSeed } = context;
  const { forget, retainFraction } = experiment;
  if (!isNamed(forget)) {
    if ("share" in forget && !(forget.share > 0 && forget.share < 1)) {
      throw new LtuError(
        "OPTION",
        `experiment: forget.share must be above 0 and below 1, found ${forget.share}; 0.1 forgets a tenth of the training set.`,
      );
    }
    const size = "share" in forget ? forget.share : forget.count;
    cutSplits(byClass(data), { ...cutOptions(context), retainFraction, forget: size });
    return;
  }
  checkKind(context, forget);
  const { trainSet } = cutSplits(byClass(data), { ...cutOptions(context), retainFraction, forget: 1 });
  if (needOf(forget) === undefined) {
    chooseForgetSet(trainSet, forget, { data, rng: forgetStream(splitSeed, forget) });
    return;
  }
  const count = "count" in forget ? forget.count : undefined;
  if (count !== undefined && (count < 1 || count >= trainSet.length)) {
    throw new LtuError(
      "OPTION",
      `experiment: forget.count must be from 1 to ${trainSet.length - 1}, so that some of the ${trainSet.length} training images stay, found ${count}; ask for fewer or raise data.train.`,
    );
  }
  if (forget.kind === "near-neighbours" && forget.around !== undefined && !trainSet.includes(forget.around)) {
    throw new LtuError(
      "OPTION",
      `experiment: forget.around must be a training image of this split, found ${forget.around}; leave it out to have one drawn.`,
    );
  }
  if (forget.kind === "overlap" && trainSet.length < 12) {
    throw new LtuError(
      "OPTION",
      `experiment: forget.kind overlap compares each image with 10 others, found ${trainSet.length} training images; raise data.train.`,
    );
  }
}

/** What a rule needs of the experiment beside its own keys. */
function checkKind({ experiment, data }: RunContext, forget: NamedForget): void {
  if (forget.kind === "sub-class" && experiment.data.labels !== "coarse") {
    throw new LtuError(
      "OPTION",
      'experiment: forget.kind sub-class needs a model that knows coarse labels only, found fine ones; set data.labels to "coarse", or forget.kind to "class".',
    );
  }
  if (forget.kind === "mislabelled" && data.trueLabels === undefined) {
    throw new LtuError(
      "OPTION",
      `experiment: forget.kind mislabelled needs data whose wrong labels are known, which synthetic data are, found ${experiment.data.name}; use the kind poisoned, which makes labels wrong.`,
    );
  }
  if (forget.kind === "requests" && experiment.audit.shadows.budget !== "none") {
    throw new LtuError(
      "OPTION",
      'experiment: audit.shadows cannot stand beside forget.kind requests, for shadow models are unlearned at once and not request by request; set audit.shadows.budget to "none".',
    );
  }
  if (forget.kind !== "worst-case") return;
  const { name, options } = forget.method;
  if (!baselineNames.includes(name)) {
    throw new LtuError(
      "OPTION",
      `experiment: forget.method.name must be out of ${baselineNames.join(", ")}, found "${name}"; ${didYouMean(name, baselineNames)}`,
    );
  }
  composeBaseline({ name, options }, experiment);
}
