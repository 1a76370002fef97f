import { createRng, type IndexSet } from "@ltu/core";
import { cutSplits } from "@ltu/datasets";
import type { Stage } from "@ltu/runner";

import { isNamed } from "../forget/forget-config.ts";
import type { RunContext } from "../run-context.ts";
import { byClass } from "../run-data.ts";
import { cutOptions } from "./cut-sets.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";
import { decodeSplits, type PreparedSplits } from "./prepare.ts";

/**
 * Draws the share of the retain set that methods may touch, from the split seed too.
 *
 * Of a stream of requests it is drawn once, from all training images before the first request; an image that is asked to
 * be forgotten leaves it and nothing takes its place.
 */
export function accessibleRetainStage(context: RunContext, prepare: Stage): Stage {
  const { retainFraction, forget } = context.experiment;
  const isStream = isNamed(forget) && forget.kind === "requests";
  return {
    name: `draw ${Number((100 * retainFraction).toPrecision(3))} % of the retain set`,
    inputs: { retainFraction, ...(isStream ? { drawn: "before the first request" } : {}) },
    dependsOn: [prepare],
    run: async ({ artefact }) => {
      const splits = decodeSplits(await artefact(prepare));
      const accessible = isStream ? stillAccessible(context, splits) : drawn(context, splits);
      return encodeJson(Array.from(accessible));
    },
  };
}

/** As `cutSplits` draws it from the retain set. */
function drawn(context: RunContext, { forgetSet }: PreparedSplits): IndexSet {
  const { retainFraction } = context.experiment;
  const options = { ...cutOptions(context), retainFraction, forget: () => forgetSet };
  return cutSplits(byClass(context.data), options).accessibleRetain;
}

function stillAccessible(
  { experiment, splitSeed }: RunContext,
  { trainSet, retainSet }: PreparedSplits,
): IndexSet {
  const count = Math.max(1, Math.round(experiment.retainFraction * trainSet.length));
  const before = createRng(splitSeed).split("accessible-before-requests").choice(trainSet, count);
  const retained = new Set(retainSet);
  return before.filter((index) => retained.has(index)).sort();
}

/** The set that {@link accessibleRetainStage} drew. */
export function decodeAccessibleRetain(bytes: Uint8Array): IndexSet {
  return Int32Array.from(decodeJson<number[]>(bytes));
}
