import {
  disposeParams,
  type FeedbackAttack,
  type Unlearner,
  type UnlearnerNeeds,
  type UnlearnRequest,
} from "@ltu/core";
import { attackFromJSON } from "@ltu/mia/feedback";
import type { Stage } from "@ltu/runner";

import type { PlannedAttack } from "../compose-attacks.ts";
import type { RunContext } from "../run-context.ts";
import { decodeAccessibleRetain } from "./accessible-retain.ts";
import { decodeJson } from "./json-artefact.ts";
import { decodeSplits } from "./prepare.ts";
import { decodeModel, encodeModel } from "./weights-artefact.ts";

/** A method whose options are bound but for the attacks it may need. */
export interface PlannedMethod {
  /** The row's name in tables. */
  readonly label: string;
  /** Everything its result depends on beside data, original model and attacks. */
  readonly inputs: Stage["inputs"];
  /** What its attacks are read back with. */
  readonly attacks: readonly PlannedAttack[];
  /** Whether they compare with non-members as difficult as the forget set. */
  readonly matchDifficulty?: boolean | undefined;
  /** How much of the retain set it asks for: a method that reads the accessible share depends on that. */
  readonly retain: UnlearnerNeeds["retain"];
  /** Makes the method; `attacks` is empty for methods without feedback. */
  make(attacks: readonly FeedbackAttack[]): Unlearner;
}

/** Lets the original model forget with one method, which is given exactly the sets it declares to need. */
export function unlearnStage(
  { model, batches, rng, ground }: RunContext,
  stages: {
    readonly prepare: Stage;
    readonly accessible: Stage;
    readonly original: Stage;
    readonly attacks?: Stage | undefined;
    /** Which of several requests this is; then `original` is the model that the one before it left. */
    readonly request?: number | undefined;
  },
  method: PlannedMethod,
): Stage {
  const { prepare, original, attacks, request } = stages;
  const accessible = method.retain === "rho" ? stages.accessible : undefined;
  // The stream is named by the method's inputs, not its label: a renamed row keeps its numbers.
  const named = rng.split("unlearn").split(JSON.stringify(method.inputs));
  const stream = request === undefined ? named : named.split(`request/${request}`);
  const name = method.label === "retrain" ? method.label : `unlearn: ${method.label}`;
  return {
    name: request === undefined ? name : `${name}, request ${request}`,
    inputs: { method: method.inputs, rng: stream.key, ground },
    dependsOn: [prepare, accessible, original, attacks].filter((stage) => stage !== undefined),
    run: async ({ artefact, checkpoint, signal, onProgress }) => {
      const splits = decodeSplits(await artefact(prepare));
      const fitted =
        attacks === undefined ? [] : decodeJson<Record<string, unknown>[]>(await artefact(attacks));
      const definitions = method.attacks.map(({ definition }) => definition);
      const unlearner = method.make(fitted.map((json) => attackFromJSON(json, { definitions })));
      const { weights } = decodeModel(await artefact(original));
      const { needs } = unlearner;
      const asked: UnlearnRequest = {
        model,
        original: weights,
        batches,
        forgetSet: splits.request ?? splits.forgetSet,
        accessibleRetain: accessible && decodeAccessibleRetain(await artefact(accessible)),
        retainSet: needs.retain === "full" ? splits.retainSet : undefined,
        valSet: needs.val ? splits.valSet : undefined,
        rng: stream,
        checkpoint,
        signal,
        onProgress,
      };
      try {
        const result = await unlearner.unlearn(asked);
        try {
          return await encodeModel({ ...result, classes: result.model.classes });
        } finally {
          [result.weights.params, result.weights.stats].forEach(disposeParams);
        }
      } finally {
        [weights.params, weights.stats].forEach(disposeParams);
      }
    },
  };
}
