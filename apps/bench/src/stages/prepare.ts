import { LtuError, type IndexSet } from "@ltu/core";
import { cutSplits, type SplitOptions, type Splits } from "@ltu/datasets";
import type { Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";

/**
 * What the split of an experiment is cut from.
 *
 * @throws LtuError `OPTION` for a share of the training set outside (0, 1); the rest is checked by `cutSplits`.
 */
function splitOptions({ experiment, splitSeed }: RunContext): Required<Omit<SplitOptions, "forget">> & {
  readonly forget: number;
} & {
  readonly [name: string]: number;
} {
  const { forget, retainFraction } = experiment;
  if ("share" in forget && !(forget.share > 0 && forget.share < 1)) {
    throw new LtuError(
      "OPTION",
      `experiment: forget.share must be above 0 and below 1, found ${forget.share}; 0.1 forgets a tenth of the training set.`,
    );
  }
  const { train, val, test } = experiment.data;
  const asked = "share" in forget ? forget.share : forget.count;
  return { train, val, test, forget: asked, retainFraction, splitSeed };
}

/** Refuses a split that cannot be cut, before anything is written. */
export function checkSplits(context: RunContext): void {
  cutSplits(context.data, splitOptions(context));
}

/** Every set but the accessible one, which has a stage of its own. */
export type PreparedSplits = Omit<Splits, "accessibleRetain">;

/**
 * Cuts the sets of the experiment from its one split seed, but for the accessible share of the retain set: the original
 * and the retrained model do not depend on that, so another share leaves them as they are.
 */
export function prepareStage(context: RunContext): Stage {
  const { retainFraction: _, ...options } = splitOptions(context);
  return {
    name: "prepare",
    inputs: { data: context.data.contentHash, ...options },
    dependsOn: [],
    run: async () => {
      const { accessibleRetain: _accessible, ...splits } = cutSplits(context.data, options);
      return encodeJson(
        Object.fromEntries(
          Object.entries(splits).map(([name, set]) => [name, Array.from(set as Int32Array)]),
        ),
      );
    },
  };
}

/** The sets that {@link prepareStage} cut. */
export function decodeSplits(bytes: Uint8Array): PreparedSplits {
  const lists = decodeJson<Record<keyof PreparedSplits, number[]>>(bytes);
  return Object.fromEntries(
    Object.entries(lists).map(([name, list]) => [name, Int32Array.from(list)]),
  ) as unknown as PreparedSplits;
}

/** Draws the share of the retain set that methods may touch, from the split seed too. */
export function accessibleRetainStage(context: RunContext, prepare: Stage): Stage {
  const options = splitOptions(context);
  return {
    name: `draw ${Number((100 * options.retainFraction).toPrecision(3))} % of the retain set`,
    inputs: { retainFraction: options.retainFraction },
    dependsOn: [prepare],
    run: async () => encodeJson(Array.from(cutSplits(context.data, options).accessibleRetain)),
  };
}

/** The set that {@link accessibleRetainStage} drew. */
export function decodeAccessibleRetain(bytes: Uint8Array): IndexSet {
  return Int32Array.from(decodeJson<number[]>(bytes));
}
