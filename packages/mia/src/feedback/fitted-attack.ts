import { tensor1d, tidy } from "@tensorflow/tfjs-core";

import { LtuError, type AttackContext, type FeedbackAttack, type NonMemberStatistics } from "@ltu/core";

import type { FeedbackDefinition } from "./definition.ts";
import { feedbackAttacks, type FeedbackAttackName } from "./feedback-attacks.ts";
import { referenceLookup, type ReferenceTable } from "./references.ts";

/** A fitted attack as plain JSON: with its definition, all that {@link attackFromJSON} needs. */
export interface FittedAttackJSON {
  readonly format: "ltu/feedback-attack";
  readonly version: 2;
  /** The definition's name. */
  readonly name: string;
  /** The class count it was fitted for. */
  readonly classes: number;
  /** The numbers that its `fit` returned. */
  readonly fitted: object;
  /** What reference models say of each sample, for an attack that compares with them. */
  readonly references?: ReferenceTable | undefined;
  readonly heldOutAuc: number;
  readonly nonMember: NonMemberStatistics;
}

/** The attack that fitted numbers make. It holds no tensors: its few numbers are uploaded at each score. */
export function fittedAttack(definition: FeedbackDefinition, json: FittedAttackJSON): FeedbackAttack {
  const { name, classes, fitted, references, heldOutAuc, nonMember } = json;
  const lookUp = references && referenceLookup(name, references);
  return {
    role: "feedback",
    name,
    heldOutAuc,
    nonMember,
    score: (logits, labels, context?: AttackContext) => {
      if (logits.shape[1] !== classes) {
        throw new LtuError(
          "SHAPE",
          `${name}: expected logits of ${classes} classes, found [${logits.shape.join(", ")}]; ` +
            "fit the attacks on outputs of this model.",
        );
      }
      const values = lookUp?.(context);
      if (values !== undefined && values.length !== logits.shape[0]) {
        throw new LtuError(
          "SHAPE",
          `${name}: expected one index a row, found ${values.length} for ${logits.shape[0]} rows; give the indexes of this batch.`,
        );
      }
      return tidy(() => {
        const reference = values && tensor1d(Float32Array.from(values), "float32");
        return definition.score(fitted, { logits, labels, reference });
      });
    },
    toJSON: () => ({ ...json }),
  };
}

/**
 * A feedback attack from what its `toJSON` gave, also after a round trip through text.
 *
 * @param json - The object; it is checked in full.
 * @param options - `definitions`: those of one's own attacks; this package's are known by name.
 * @returns The attack; its scores equal the original's bit for bit.
 * @throws LtuError `DATA` when it is not such an object, is damaged, or its definition is not known.
 */
export function attackFromJSON(
  json: unknown,
  { definitions = [] }: { readonly definitions?: readonly FeedbackDefinition[] } = {},
): FeedbackAttack {
  const read = json as FittedAttackJSON;
  if (read?.format !== "ltu/feedback-attack" || read.version !== 2) {
    throw damaged('format "ltu/feedback-attack" of version 2', `${read?.format} of version ${read?.version}`);
  }
  const { name, classes, fitted, references, heldOutAuc, nonMember } = read;
  const definition =
    definitions.find((own) => own.name === name) ??
    (Object.hasOwn(feedbackAttacks, name) ? feedbackAttacks[name as FeedbackAttackName] : undefined);
  if (definition === undefined) {
    throw damaged(
      `the name of an attack out of ${[...Object.keys(feedbackAttacks), ...definitions.map((own) => own.name)].join(", ")}`,
      String(name),
      "give the definition of an attack of your own in definitions",
    );
  }
  if (!Number.isInteger(classes) || classes < 2) throw damaged("a class count", String(classes));
  if (typeof fitted !== "object" || fitted === null || !isWhole(fitted)) {
    throw damaged(`${name} with fitted numbers, all finite`, JSON.stringify(fitted));
  }
  const problem = definition.problem?.(fitted, classes);
  if (problem !== undefined) throw damaged(`${name} with all its numbers`, `that ${problem}`);
  if ((references !== undefined) !== (definition.reference !== undefined)) {
    throw damaged(`${name} with the reference values that it needs`, JSON.stringify(references));
  }
  if (
    references !== undefined &&
    (!isNumbers(references.indexes) ||
      !isNumbers(references.values) ||
      references.indexes.length !== references.values.length)
  ) {
    throw damaged("one reference value an index", JSON.stringify(references));
  }
  if (!isNumbers([heldOutAuc, nonMember?.mean, nonMember?.spread]) || !isNumbers(nonMember.sorted)) {
    throw damaged("a held-out AUC and statistics of non-members", JSON.stringify({ heldOutAuc, nonMember }));
  }
  const { labels, strangers } = nonMember;
  if (labels !== undefined && (!isNumbers(labels) || labels.length !== nonMember.sorted.length)) {
    throw damaged("one label a non-member", JSON.stringify(labels));
  }
  if (
    strangers !== undefined &&
    !(Array.isArray(strangers) && strangers.length === classes && strangers.every(isNumbers))
  ) {
    throw damaged(`strangers of ${classes} classes`, JSON.stringify(strangers));
  }
  return fittedAttack(definition, read);
}

function isNumbers(values: unknown): values is readonly number[] {
  return Array.isArray(values) && values.every((value) => Number.isFinite(value));
}

/** Whether nothing was lost on the way through JSON, where NaN and infinity become null. */
function isWhole(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isWhole);
  return typeof value === "number" ? Number.isFinite(value) : value !== null && value !== undefined;
}

function damaged(
  expected: string,
  found: string,
  remedy = "give what an attack's toJSON returned, or fit the attacks again",
): LtuError {
  return new LtuError("DATA", `attackFromJSON: expected ${expected}, found ${shortened(found)}; ${remedy}.`);
}

function shortened(text: string | undefined): string {
  return text === undefined ? "nothing" : text.length > 120 ? `${text.slice(0, 120)}...` : text;
}
