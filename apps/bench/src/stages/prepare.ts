import { cutSplits, type Splits } from "@ltu/datasets";
import type { Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";

/** Cuts every set of the experiment from its one split seed. */
export function prepareStage({ experiment, data, splitSeed }: RunContext): Stage {
  const { train, val, test } = experiment.data;
  const forget = "share" in experiment.forget ? experiment.forget.share : experiment.forget.count;
  const options = { train, val, test, forget, retainFraction: experiment.retainFraction, splitSeed };
  return {
    name: "prepare",
    inputs: { data: data.contentHash, ...options },
    dependsOn: [],
    run: async () => encodeSplits(cutSplits(data, options)),
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
