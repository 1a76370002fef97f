import type { IndexSet, Rng } from "@ltu/core";
import {
  classForget,
  duplicatesOf,
  memorisationStratum,
  mislabelled,
  nearNeighbours,
  overlap,
  requestStream,
  subClassForget,
  worstCase,
  type Features,
  type ForgetRequest,
} from "@ltu/datasets";

import type { RunData } from "../run-data.ts";
import { classLabel } from "./class-label.ts";
import { arrivedRequests, type NamedForget } from "./forget-config.ts";

/** What must be measured before a forget set can be chosen. */
export type ForgetNeed = "features" | "memorisation" | "unlearnedLosses";

/** What rules choose from. */
export interface ForgetGround {
  readonly data: RunData;
  readonly rng: Rng;
  /** Of the original model, in the order of the training set. */
  readonly features?: Features | undefined;
  /** Memorisation, or loss after unlearning, in the order of the training set. */
  readonly scores?: Float64Array | undefined;
}

const needs: Partial<Readonly<Record<NamedForget["kind"], ForgetNeed>>> = {
  "near-neighbours": "features",
  overlap: "features",
  duplicates: "features",
  memorisation: "memorisation",
  "worst-case": "unlearnedLosses",
};

/** What a rule must be given beside labels; nothing for one that depends on the data alone. */
export function needOf({ kind }: NamedForget): ForgetNeed | undefined {
  return needs[kind];
}

/** What is forgotten. */
export interface ChosenForget {
  /** Sorted positions. */
  readonly forgetSet: IndexSet;
  /** Of a stream of requests the last; `forgetSet` is all of them together. */
  readonly request?: IndexSet | undefined;
}

/**
 * Chooses the forget set from the training images by the named rule of `@ltu/datasets`.
 *
 * @throws LtuError as the rule does.
 */
export function chooseForgetSet(trainSet: IndexSet, forget: NamedForget, ground: ForgetGround): ChosenForget {
  if (forget.kind !== "requests") return { forgetSet: oneSet(trainSet, forget, ground).slice().sort() };
  const stream = requestStream(trainSet, { sizes: forget.sizes, rng: ground.rng });
  const { request, cumulative } = stream[arrivedRequests(forget) - 1] as ForgetRequest;
  return { forgetSet: cumulative, request };
}

function oneSet(
  trainSet: IndexSet,
  forget: Exclude<NamedForget, { readonly kind: "requests" }>,
  { data, rng, features, scores = new Float64Array(0) }: ForgetGround,
): IndexSet {
  const of: Features = features ?? { features: new Float32Array(0), featureWidth: 1 };
  const { labels, classNames } = data.dataset;
  switch (forget.kind) {
    case "class":
      return classForget(trainSet, { labels, class: classLabel(forget.class, classNames) });
    case "sub-class":
      return subClassForget(trainSet, {
        labels: data.classes.labels,
        coarseLabels: labels,
        class: classLabel(forget.class, data.classes.names),
      });
    case "near-neighbours":
      return nearNeighbours(trainSet, { ...of, count: forget.count, around: forget.around ?? rng });
    case "overlap":
      return overlap(trainSet, { ...of, count: forget.count, d: forget.d });
    case "duplicates": {
      const { threshold, count } = forget;
      return duplicatesOf(trainSet, { ...of, threshold, rng, ...(count === undefined ? {} : { count }) })
        .forgetSet;
    }
    case "memorisation":
      return memorisationStratum(trainSet, { scores, stratum: forget.stratum, count: forget.count });
    case "mislabelled":
    case "poisoned":
      return mislabelled(trainSet, { labels: data.trueLabels ?? labels, noisyLabels: labels });
    case "worst-case":
      return worstCase(trainSet, { scores, hardest: "lowest", count: forget.count });
  }
}
