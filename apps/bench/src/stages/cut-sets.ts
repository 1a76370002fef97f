import type { IndexSet } from "@ltu/core";
import { cutSplits, type SplitOptions } from "@ltu/datasets";
import type { Stage } from "@ltu/runner";

import { byClass } from "../run-data.ts";
import type { RunContext } from "../run-context.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";

/** The sets that do not depend on what is forgotten. */
export interface CutSets {
  readonly trainSet: IndexSet;
  readonly valSet: IndexSet;
  readonly testSet: IndexSet;
}

/** What these sets are cut by. */
export function cutOptions({
  experiment,
  splitSeed,
}: Pick<RunContext, "experiment" | "splitSeed">): Required<
  Pick<SplitOptions, "splitSeed" | "test" | "train" | "val">
> {
  const { train, val, test } = experiment.data;
  return { train, val, test, splitSeed };
}

/**
 * Cuts training, validation and test set from the one split seed. The original is trained on this alone: every forget set
 * of the same data finds it again.
 */
export function cutSetsStage(context: RunContext): Stage {
  const options = cutOptions(context);
  return {
    name: "prepare",
    inputs: { data: context.data.contentHash, ...options },
    dependsOn: [],
    run: async () => {
      const { trainSet, valSet, testSet } = cutSplits(byClass(context.data), { ...options, forget: 1 });
      return encodeJson({
        trainSet: Array.from(trainSet),
        valSet: Array.from(valSet),
        testSet: Array.from(testSet),
      });
    },
  };
}

/** The sets that {@link cutSetsStage} cut. */
export function decodeCut(bytes: Uint8Array): CutSets {
  const { trainSet, valSet, testSet } = decodeJson<Record<keyof CutSets, number[]>>(bytes);
  return {
    trainSet: Int32Array.from(trainSet),
    valSet: Int32Array.from(valSet),
    testSet: Int32Array.from(testSet),
  };
}
