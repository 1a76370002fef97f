import { LtuError, type FeedbackAttack, type OnProgress, type Predictions, type Rng } from "@ltu/core";

import type { FeedbackDefinition } from "./definition.ts";
import { feedbackAttacks, type FeedbackAttackName } from "./feedback-attacks.ts";
import { fitAttack } from "./fit-attack.ts";
import { resolveRecipe, type FeedbackRecipe } from "./recipe.ts";

/** What {@link trainFeedback} is given. It has no place for test data, which belong to evaluators alone. */
export interface TrainFeedbackRequest {
  /** Names of `feedbackAttacks`, or definitions of one's own; each name once. */
  readonly attacks: readonly (string | FeedbackDefinition)[];
  /** The original model's outputs (evaluation mode, no augmentation) on accessible retained samples. */
  readonly members: Predictions;
  /** The same on samples that trained nothing: the validation set. */
  readonly nonMembers: Predictions;
  readonly rng: Rng;
  /** Departures from the default recipe. */
  readonly recipe?: Partial<FeedbackRecipe>;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fits feedback attacks on a model's outputs: members against non-members, each attack on its own random share of
 * both, with class-weighted binary cross-entropy and Adam.
 *
 * Members are cut at random to at most as many as there are non-members. Features are standardised with mean and
 * standard deviation of the fitting share; AUC is measured on the rest; mean, spread and quantiles of the logits are
 * taken over all non-members. Everything is float64 JavaScript: the fitted numbers do not depend on the engine.
 *
 * @param request - See {@link TrainFeedbackRequest}; the defaults of `recipe` are in {@link FeedbackRecipe}.
 * @returns The fitted attacks in the order asked for: plain data, nothing to dispose.
 * @throws LtuError `OPTION` (unknown or repeated attack, wrong recipe), `DATA` (too few samples, logits that are not
 * finite), `SHAPE` (class counts differ), `NO_SIGNAL` (no attack reaches `minAuc` on held-out samples; each one's AUC
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
  const smaller = Math.min(members.labels.length, nonMembers.labels.length);
  const resolved = resolveRecipe(recipe);
  const held = smaller - Math.floor(smaller * resolved.fitShare);
  if (held < 1 || held === smaller) {
    throw new LtuError(
      "DATA",
      `trainFeedback: expected enough members and non-members to fit and to hold some out, found ${members.labels.length} and ${nonMembers.labels.length} at fitShare ${resolved.fitShare}; give more.`,
    );
  }
  const everyMember = Int32Array.from(members.labels.keys());
  const chosen = takeRows(members, rng.split("members").choice(everyMember, smaller));
  const fitted: FeedbackAttack[] = [];
  for (const definition of definitions) {
    fitted.push(
      await fitAttack(definition, chosen, nonMembers, resolved, {
        rng: rng.split(definition.name),
        signal,
        onEpoch: (epoch) =>
          onProgress?.({
            task: `attack ${definition.name}`,
            step: fitted.length * resolved.epochs + epoch,
            steps: definitions.length * resolved.epochs,
            epoch,
            epochs: resolved.epochs,
          }),
      }),
    );
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
  if (typeof attack !== "string") return attack;
  if (Object.hasOwn(feedbackAttacks, attack)) return feedbackAttacks[attack as FeedbackAttackName];
  throw new LtuError(
    "OPTION",
    `trainFeedback: attacks are ${Object.keys(feedbackAttacks).join(", ")}, found "${attack}"; correct the name or give a definition.`,
  );
}

/** The outputs of some samples, in the order of `rows`. */
function takeRows({ logits, labels, classes }: Predictions, rows: Int32Array): Predictions {
  const taken = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => taken.set(logits.subarray(row * classes, (row + 1) * classes), i * classes));
  return { logits: taken, labels: rows.map((row) => labels[row] as number), classes };
}
