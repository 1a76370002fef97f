import { LtuError, type FeedbackAttack, type OnProgress, type Rng } from "@ltu/core";

import type { FeedbackDefinition } from "./definition.ts";
import { feedbackAttacks, type FeedbackAttackName } from "./feedback-attacks.ts";
import { fitAttack, type AttackSamples } from "./fit-attack.ts";
import { resolveRecipe, type FeedbackRecipe } from "./recipe.ts";
import { checkReferences, type ReferenceOutputs } from "./references.ts";
import { takeRows, type SampleOutputs } from "./sample-outputs.ts";

/** What {@link trainFeedback} is given. It has no place for test data, which belong to evaluators alone. */
export interface TrainFeedbackRequest {
  /** Names of `feedbackAttacks`, or definitions of one's own; each name once. */
  readonly attacks: readonly (string | FeedbackDefinition)[];
  /** The original model's outputs (evaluation mode, no augmentation) on accessible retained samples. */
  readonly members: SampleOutputs;
  /** The same on samples that did not train the model: the validation set. */
  readonly nonMembers: SampleOutputs;
  readonly rng: Rng;
  /** What reference models say; attacks that compare with them need it, and the indexes of members and non-members. */
  readonly references?: ReferenceOutputs | undefined;
  /** Departures from the default recipe. */
  readonly recipe?: Partial<FeedbackRecipe>;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fits feedback attacks on a model's outputs: members against non-members, each attack on its own random share of
 * both, with class-weighted binary cross-entropy and Adam.
 *
 * Members are cut at random to at most as many as there are non-members. AUC is measured on the rest; mean, spread and
 * quantiles of the logits are taken over all non-members. This package's attacks are fitted in float64 JavaScript: their
 * numbers do not depend on the engine. An attack that compares with reference models is fitted, and its statistics are
 * taken, on the non-members that trained none of these models.
 *
 * @param request - See {@link TrainFeedbackRequest}; the defaults of `recipe` are in {@link FeedbackRecipe}.
 * @returns The fitted attacks in the order asked for: plain data, nothing to dispose.
 * @throws LtuError `OPTION` (unknown or repeated attack, wrong recipe), `DATA` (too few samples, logits that are not
 * finite), `SHAPE` (class counts differ), `NO_REFERENCES` (an attack needs reference models and has none, or not for each
 * sample), `FIREWALL` (an evaluator among the attacks, or a reference model that was trained on something else than non-members), `NO_SIGNAL` (no attack reaches `minAuc` on held-out samples; each one's AUC
 * is in the text), `ABORTED`.
 *
 * Source: the defaults are those of this project's study of LTU; the paper states none.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { trainFeedback } from "@ltu/mia/feedback";
 *
 * // A model that is sure of its members and unsure of the others.
 * const rng = createRng(1);
 * const outputs = (name: string, margin: number) => ({
 *   logits: rng.split(name).normals(400).map((noise, i) => noise + (i % 2 === 0 ? margin : 0)),
 *   labels: new Int32Array(200),
 *   classes: 2,
 * });
 * const [attack] = await trainFeedback({
 *   attacks: ["phi-logistic"],
 *   members: outputs("members", 4),
 *   nonMembers: outputs("nonMembers", 1),
 *   rng: rng.split("attacks"),
 * });
 * console.log(attack.name, attack.heldOutAuc > 0.9); // → phi-logistic true
 * ```
 */
export async function trainFeedback({
  attacks,
  members,
  nonMembers,
  rng,
  references,
  recipe,
  onProgress,
  signal,
}: TrainFeedbackRequest): Promise<FeedbackAttack[]> {
  const definitions = attacks.map(resolveDefinition);
  const names = definitions.map(({ name }) => name);
  if (names.length === 0 || new Set(names).size !== names.length) {
    throw new LtuError(
      "OPTION",
      `trainFeedback: expected one attack or more, each name once, found [${names.join(", ")}]; rename or remove one.`,
    );
  }
  if (members.classes !== nonMembers.classes) {
    throw new LtuError(
      "SHAPE",
      `trainFeedback: members and nonMembers need the same classes, found ${members.classes} and ${nonMembers.classes}; take both from one model.`,
    );
  }
  const resolved = resolveRecipe(recipe);
  const smaller = Math.min(members.labels.length, nonMembers.labels.length);
  const everyMember = Int32Array.from(members.labels.keys());
  const chosen = takeRows(members, rng.split("members").choice(everyMember, smaller));
  // Everything is asked for before the first fit, so that a mistake costs nothing.
  const plan = definitions.map((definition) => {
    const samples = samplesOf(definition, { members: chosen, nonMembers, references });
    checkCounts(samples, resolved);
    return { definition, samples };
  });
  const fitted: FeedbackAttack[] = [];
  for (const { definition, samples } of plan) {
    let told = 0;
    const onEpoch = (epoch: number): void => {
      told = epoch;
      onProgress?.({
        task: `attack ${definition.name}`,
        step: fitted.length * resolved.epochs + epoch,
        steps: definitions.length * resolved.epochs,
        epoch,
        epochs: resolved.epochs,
      });
    };
    const attack = await fitAttack(definition, samples, resolved, {
      rng: rng.split(definition.name),
      signal,
      onEpoch,
    });
    // An attack that is not fitted in passes has done all of them at once.
    if (told < resolved.epochs) onEpoch(resolved.epochs);
    if (signal?.aborted === true)
      throw new LtuError("ABORTED", `trainFeedback: stopped after ${definition.name}.`);
    fitted.push(attack);
  }
  if (fitted.every(({ heldOutAuc }) => heldOutAuc < resolved.minAuc)) {
    const found = fitted.map(({ name, heldOutAuc }) => `${name} ${heldOutAuc.toFixed(3)}`).join(", ");
    throw new LtuError(
      "NO_SIGNAL",
      `trainFeedback: expected an attack with a held-out AUC of at least ${resolved.minAuc}, found ${found}; the model does not tell members from non-members, so there is nothing to learn from: train it longer or use other data.`,
    );
  }
  return fitted;
}

/** The definition of a name, or the definition itself. */
function resolveDefinition(attack: string | FeedbackDefinition): FeedbackDefinition {
  if (typeof attack !== "string") return checkedDefinition(attack);
  if (Object.hasOwn(feedbackAttacks, attack)) return feedbackAttacks[attack as FeedbackAttackName];
  throw new LtuError(
    "OPTION",
    `trainFeedback: attacks are ${Object.keys(feedbackAttacks).join(", ")}, found "${attack}"; correct the name or give a definition.`,
  );
}

/** Refuses what is no definition, as JavaScript allows, and what audits: it must not give feedback. */
function checkedDefinition(attack: FeedbackDefinition): FeedbackDefinition {
  const { name, role } = attack as FeedbackDefinition & { readonly role?: string };
  if (role === "evaluator") {
    throw new LtuError(
      "FIREWALL",
      `trainFeedback: attacks must be definitions of feedback attacks, found the evaluator "${name}"; an attack that audits the result must not train it.`,
    );
  }
  if (typeof attack.fit !== "function" || typeof attack.score !== "function") {
    throw new LtuError(
      "OPTION",
      `trainFeedback: an attack of your own needs fit and score, found ${Object.keys(attack).join(", ")}; wrap plain data in networkAttack.`,
    );
  }
  return attack;
}

/** What one attack is fitted on: with reference models, only non-members that trained none of them. */
function samplesOf(
  definition: FeedbackDefinition,
  { members, nonMembers, references }: AttackSamples,
): AttackSamples {
  if (definition.reference === undefined) return { members, nonMembers };
  const checked = checkReferences(definition, references, { members, nonMembers });
  const seen = new Set(checked.trainedOn);
  const rows = Int32Array.from(nonMembers.labels.keys()).filter(
    (row) => !seen.has(nonMembers.indexes?.[row] as number),
  );
  return { members, nonMembers: takeRows(nonMembers, rows), references: checked };
}

function checkCounts({ members, nonMembers }: AttackSamples, { fitShare }: FeedbackRecipe): void {
  const smaller = Math.min(members.labels.length, nonMembers.labels.length);
  const held = smaller - Math.floor(smaller * fitShare);
  if (held >= 1 && held < smaller) return;
  throw new LtuError(
    "DATA",
    `trainFeedback: expected enough members and non-members to fit and to hold some out, found ${members.labels.length} and ${nonMembers.labels.length} at fitShare ${fitShare}; give more.`,
  );
}
