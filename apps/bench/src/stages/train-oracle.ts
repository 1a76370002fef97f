import type { Rng } from "@ltu/core";
import type { Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import { decodeSplits } from "./prepare.ts";
import { trainAndEncode, trainingInputs } from "./train-and-encode.ts";

/**
 * Trains one more oracle as the row `retrain` trains the first: fresh weights, all of the retain set, the recipe of the
 * original; only the seed is another.
 *
 * Its key is of data, forget set, recipe, seed and engine, and of nothing that was unlearned: it is made once for all
 * methods, and found again by every run of the same split.
 *
 * @param options.name - Such as `"oracle 2"`; names its stream too, so that more oracles leave the others as they are.
 * @param options.stream - Its seed; by its name unless given.
 */
export function trainOracleStage(
  context: RunContext,
  {
    prepare,
    name,
    stream = context.rng.split("oracles").split(name),
  }: { readonly prepare: Stage; readonly name: string; readonly stream?: Rng },
): Stage {
  return {
    name: `retrain: ${name}`,
    inputs: trainingInputs(context, stream),
    dependsOn: [prepare],
    run: async (stage) => {
      const { retainSet } = decodeSplits(await stage.artefact(prepare));
      return trainAndEncode(
        context,
        { data: retainSet, init: stream.split("init"), rng: stream.split("fit"), task: `retrain: ${name}` },
        stage,
      );
    },
  };
}
