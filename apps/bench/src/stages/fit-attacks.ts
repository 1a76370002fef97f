import { disposeParams } from "@ltu/core";
import { matchDifficulty, trainFeedback } from "@ltu/mia/feedback";
import type { Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { PlannedAttack } from "../compose-attacks.ts";
import type { RunContext } from "../run-context.ts";
import { decodeAccessibleRetain } from "./accessible-retain.ts";
import { encodeJson } from "./json-artefact.ts";
import { decodeSplits } from "./prepare.ts";
import { decodeDifficulty } from "./train-difficulty.ts";
import { decodeReferences } from "./train-references.ts";
import { decodeModel } from "./weights-artefact.ts";

/**
 * Fits feedback attacks on the original model's outputs: members from the accessible retain set, non-members from
 * the validation set. Never sees test data; of the forget set only how difficult it is, where the method asks for that.
 */
export function fitAttacksStage(
  { model, batches, rng, ground }: RunContext,
  {
    prepare,
    accessible,
    original,
    references,
    difficulty,
    attacks,
  }: {
    readonly prepare: Stage;
    readonly accessible: Stage;
    readonly original: Stage;
    /** Given where one of the attacks compares with reference models. */
    readonly references?: Stage | undefined;
    /** Given where non-members as difficult as the forget set are asked for. */
    readonly difficulty?: Stage | undefined;
    readonly attacks: readonly PlannedAttack[];
  },
): Stage {
  const stream = rng.split("attacks");
  return {
    name: `fit attacks: ${attacks.map(({ name }) => name).join(", ")}`,
    // Version 2 of the JSON of attacks, with labels and strangers among the non-members.
    inputs: {
      attacks: attacks.map(keyOf),
      version: 3,
      rng: stream.key,
      ground,
      ...(difficulty === undefined ? {} : { matched: "difficulty" }),
    },
    dependsOn: [prepare, accessible, original, references, difficulty].filter((stage) => stage !== undefined),
    run: async ({ artefact, signal, onProgress }) => {
      const { valSet } = decodeSplits(await artefact(prepare));
      const accessibleRetain = decodeAccessibleRetain(await artefact(accessible));
      const { weights } = decodeModel(await artefact(original));
      try {
        const members = await predict(model, weights, batches, accessibleRetain, { signal });
        const nonMembers = await predict(model, weights, batches, valSet, { signal });
        const fitted = await trainFeedback({
          attacks: attacks.map(({ definition }) => definition),
          members: { ...members, indexes: accessibleRetain },
          nonMembers: { ...nonMembers, indexes: valSet },
          references: references && decodeReferences(await artefact(references)),
          rng: stream,
          signal,
          onProgress,
        });
        const asHard = difficulty && decodeDifficulty(await artefact(difficulty));
        const matched = asHard ? fitted.map((attack) => matchDifficulty(attack, asHard)) : fitted;
        return encodeJson(matched.map((attack) => attack.toJSON()));
      } finally {
        [weights.params, weights.stats].forEach(disposeParams);
      }
    },
  };
}

/** What decides an attack: its name, and the text of its module where it comes from one. */
function keyOf({ name, sha256 }: PlannedAttack): string | { readonly name: string; readonly sha256: string } {
  return sha256 === undefined ? name : { name, sha256 };
}
