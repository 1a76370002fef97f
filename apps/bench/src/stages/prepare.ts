import { LtuError } from "@ltu/core";
import { cutSplits, type SplitOptions, type Splits } from "@ltu/datasets";
import type { Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";

/**
 * What the split of an experiment is cut from.
 *
 * @throws LtuError `OPTION` for a share of the training set outside (0, 1); the rest is checked by `cutSplits`.
 */
function splitOptions({
  experiment,
  splitSeed,
}: RunContext): SplitOptions & { readonly [name: string]: number } {
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

/** Cuts every set of the experiment from its one split seed. */
export function prepareStage(context: RunContext): Stage {
  const options = splitOptions(context);
  return {
    name: "prepare",
    inputs: { data: context.data.contentHash, ...options },
    dependsOn: [],
    run: async () => encodeSplits(cutSplits(context.data, options)),
  };
}

function encodeSplits(splits: Splits): Uint8Array {
  return encodeJson(
    Object.fromEntries(Object.entries(splits).map(([name, set]) => [name, Array.from(set as Int32Array)])),
  );
}

/** The sets that {@link prepareStage} cut. */
export function decodeSplits(bytes: Uint8Array): Splits {
  const lists = decodeJson<Record<keyof Splits, number[]>>(bytes);
  return Object.fromEntries(
    Object.entries(lists).map(([name, list]) => [name, Int32Array.from(list)]),
  ) as unknown as Splits;
}
