import { LtuError } from "@ltu/core";
import { cutSplits } from "@ltu/datasets";

import type { MethodPlan } from "./compose-methods.ts";
import { isNamed } from "./forget/forget-config.ts";
import type { RunContext } from "./run-context.ts";
import { byClass } from "./run-data.ts";
import { cutOptions } from "./stages/cut-sets.ts";

/** One to fit an attack on and one to hold out. */
const fewest = 2;

/**
 * Refuses sets too small to fit feedback attacks on, before anything is trained. How many images a forget set by rule
 * leaves is known only once it is chosen; then the fitting itself says it.
 *
 * @throws LtuError `OPTION` that names the keys.
 */
export function checkFeedback(context: RunContext, methods: readonly MethodPlan[]): void {
  const { forget, retainFraction } = context.experiment;
  const reader = methods.find(({ attacks }) => attacks.length > 0);
  if (reader === undefined || isNamed(forget)) return;
  const size = "share" in forget ? forget.share : forget.count;
  const options = { ...cutOptions(context), retainFraction, forget: size };
  const { accessibleRetain, valSet } = cutSplits(byClass(context.data), options);
  if (accessibleRetain.length >= fewest && valSet.length >= fewest) return;
  throw new LtuError(
    "OPTION",
    `experiment: the attacks of ${reader.label} need at least ${fewest} accessible retained images and ${fewest} validation images, found ${accessibleRetain.length} and ${valSet.length}; raise retainFraction, data.train or data.val.`,
  );
}
