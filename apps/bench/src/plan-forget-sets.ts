import type { Stage } from "@ltu/runner";

import { composeBaseline } from "./compose-methods.ts";
import { needOf, type ForgetGround } from "./forget/choose-forget-set.ts";
import { arrivedRequests, isNamed, type NamedForget } from "./forget/forget-config.ts";
import type { RunContext } from "./run-context.ts";
import { accessibleRetainStage } from "./stages/accessible-retain.ts";
import { cutSetsStage } from "./stages/cut-sets.ts";
import { decodeScores, measureMemorisationStage } from "./stages/measure-memorisation.ts";
import { prepareStage } from "./stages/prepare.ts";
import { readConfidenceStage } from "./stages/read-confidence.ts";
import { decodeFeatures, readFeaturesStage } from "./stages/read-features.ts";
import { trainOriginalStage } from "./stages/train-original.ts";
import { unlearnStage } from "./stages/unlearn.ts";

/** The sets of one request to forget. */
export interface RequestSets {
  readonly prepare: Stage;
  readonly accessible: Stage;
  /** Which request it is, from 1; absent where there is no stream of them. */
  readonly request?: number | undefined;
}

/** The sets of a run and what they are chosen by. */
export interface PlannedSets extends RequestSets {
  /** Cuts training, validation and test set; knows of no forget set. */
  readonly cut: Stage;
  readonly original: Stage;
  /** One after the other; the last is the one whose models are measured. */
  readonly requests: readonly [RequestSets, ...RequestSets[]];
  /** All of it in the order in which it runs. */
  readonly stages: readonly Stage[];
}

/**
 * Plans training set, original model and forget set in this order: a rule may ask for the original's features, and the
 * original knows of no forget set.
 */
export function planForgetSets(context: RunContext): PlannedSets {
  const { forget } = context.experiment;
  const cut = cutSetsStage(context);
  const original = trainOriginalStage(context, cut);
  const setsOf = (asked: RunContext["experiment"]["forget"], request?: number): RequestSets => {
    const prepare = prepareStage(context, { cut, measured, forget: asked });
    return { prepare, accessible: accessibleRetainStage(context, prepare), request };
  };
  const rule = isNamed(forget) ? planMeasured(context, forget, { cut, original }) : undefined;
  const measured = rule?.measured;
  const isStream = isNamed(forget) && forget.kind === "requests";
  const requests = (
    isStream
      ? Array.from({ length: arrivedRequests(forget) }, (_, i) => setsOf({ ...forget, upTo: i + 1 }, i + 1))
      : [setsOf(forget)]
  ) as [RequestSets, ...RequestSets[]];
  const last = requests.at(-1) as RequestSets;
  const sets = requests.flatMap(({ prepare, accessible }) => [prepare, accessible]);
  return {
    ...last,
    cut,
    original,
    requests,
    // Where nothing is asked of the original, the sets are cut first: that takes a moment.
    stages: rule === undefined ? [cut, ...sets, original] : [cut, original, ...rule.stages, ...sets],
  };
}

interface MeasuredRule {
  readonly measured: {
    readonly stage: Stage;
    read(bytes: Uint8Array): Pick<ForgetGround, "features" | "scores">;
  };
  readonly stages: readonly Stage[];
}

/** What a rule must know of the training images before it can choose. */
function planMeasured(
  context: RunContext,
  forget: NamedForget,
  { cut, original }: { readonly cut: Stage; readonly original: Stage },
): MeasuredRule | undefined {
  const scored = (stage: Stage, before: readonly Stage[] = []): MeasuredRule => ({
    measured: { stage, read: (bytes) => ({ scores: decodeScores(bytes) }) },
    stages: [...before, stage],
  });
  if (needOf(forget) === "features") {
    const stage = readFeaturesStage(context, { cut, original });
    return { measured: { stage, read: (bytes) => ({ features: decodeFeatures(bytes) }) }, stages: [stage] };
  }
  if (forget.kind === "memorisation") {
    return scored(measureMemorisationStage(context, { cut, models: forget.models }));
  }
  if (forget.kind !== "worst-case") return undefined;
  const { name, options } = forget.method;
  const method = composeBaseline({ name, options }, context.experiment);
  const stages: Stage[] = [];
  let asked: Parameters<typeof prepareStage>[1] = { cut, forget: { count: forget.count } };
  let found: MeasuredRule | undefined;
  for (let round = 1; round <= forget.rounds; round++) {
    const prepare = prepareStage(context, asked);
    const accessible = accessibleRetainStage(context, prepare);
    const weights = unlearnStage(
      context,
      { prepare, accessible, original },
      { ...method, label: `${method.label} for the worst case, round ${round}` },
    );
    const scores = readConfidenceStage(context, { cut, weights, round });
    stages.push(prepare, accessible, weights);
    found = scored(scores, [...stages]);
    stages.push(scores);
    asked = { cut, measured: found.measured, forget };
  }
  return found;
}
