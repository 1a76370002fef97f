import { LtuError, type AttackContext, type IndexSet, type Predictions } from "@ltu/core";

import type { FeedbackDefinition } from "./definition.ts";
import type { SampleOutputs } from "./sample-outputs.ts";

/**
 * What reference models say: models like the target, trained on a part of the validation set and on nothing else. They
 * tell how hard a sample is for a model that has never seen it. A retrained model must not be among them: it would be
 * the answer that unlearning is measured by.
 */
export interface ReferenceOutputs {
  /** The samples whose outputs are given: members, non-members, and what is to be forgotten. */
  readonly indexes: IndexSet;
  /** The outputs of each reference model on these samples, in that order (evaluation mode, no augmentation). */
  readonly models: readonly Predictions[];
  /** The samples that trained the reference models: some of the non-members. No attack is fitted on them. */
  readonly trainedOn: IndexSet;
}

/** One number a sample, by index, as plain JSON. */
export interface ReferenceTable {
  readonly indexes: readonly number[];
  /** The mean over the reference models. */
  readonly values: readonly number[];
}

/** What a definition keeps of reference outputs: its `reference` of each model, averaged. */
export function referenceTable(
  definition: FeedbackDefinition,
  { indexes, models }: ReferenceOutputs,
): ReferenceTable {
  const mean = new Float64Array(indexes.length);
  for (const model of models) {
    definition.reference?.(model).forEach((value, i) => {
      mean[i] = (mean[i] as number) + value / models.length;
    });
  }
  return { indexes: [...indexes], values: [...mean] };
}

/** The numbers of a table for the samples asked for. */
export type ReferenceLookup = (context: AttackContext | undefined) => Float64Array;

/** Looks samples up in a table; throws LtuError `NO_REFERENCES` for a sample that is not in it. */
export function referenceLookup(name: string, { indexes, values }: ReferenceTable): ReferenceLookup {
  const places = new Map(indexes.map((index, place) => [index, place]));
  return (context) => {
    if (context === undefined) {
      throw missing(name, "the indexes of the samples to score", "none", "pass { indexes } as the context");
    }
    return Float64Array.from(context.indexes, (index) => {
      const place = places.get(index);
      if (place === undefined) throw noReferenceOf(name, index);
      return values[place] as number;
    });
  };
}

/**
 * Whether references can serve a definition: there are some, of the same classes, for each sample, trained on a proper
 * part of the non-members.
 *
 * @throws LtuError `NO_REFERENCES`, `SHAPE`, or `FIREWALL` where a reference model has seen what it must not.
 */
export function checkReferences(
  { name }: FeedbackDefinition,
  references: ReferenceOutputs | undefined,
  { members, nonMembers }: { readonly members: SampleOutputs; readonly nonMembers: SampleOutputs },
): ReferenceOutputs {
  if (references === undefined || references.models.length === 0) {
    throw missing(
      name,
      "the outputs of reference models",
      "none",
      "give references, trained on a part of the validation set, or leave this attack out",
    );
  }
  const { indexes, models, trainedOn } = references;
  const wrong = models.find(
    ({ labels, classes }) => labels.length !== indexes.length || classes !== members.classes,
  );
  if (wrong !== undefined) {
    throw new LtuError(
      "SHAPE",
      `trainFeedback: each reference model needs outputs of ${indexes.length} samples in ${members.classes} classes, found ${wrong.labels.length} in ${wrong.classes}; predict references.indexes with each.`,
    );
  }
  if (
    members.indexes?.length !== members.labels.length ||
    nonMembers.indexes?.length !== nonMembers.labels.length
  ) {
    throw missing(
      name,
      "the index of each member and non-member",
      `${members.indexes?.length ?? 0} and ${nonMembers.indexes?.length ?? 0} of ${members.labels.length} and ${nonMembers.labels.length}`,
      "set their indexes",
    );
  }
  const unseen = new Set(nonMembers.indexes);
  const foreign = trainedOn.find((index) => !unseen.has(index));
  if (foreign !== undefined || trainedOn.length === 0 || trainedOn.length >= unseen.size) {
    const found =
      foreign === undefined ? `${trainedOn.length} of ${unseen.size}` : `sample ${foreign} outside it`;
    throw new LtuError(
      "FIREWALL",
      `trainFeedback: reference models must be trained on a part of the non-members and on nothing else, found ${found}; train them on some of the validation set.`,
    );
  }
  const known = new Set(indexes);
  const absent = [...members.indexes, ...nonMembers.indexes].find((index) => !known.has(index));
  if (absent !== undefined) throw noReferenceOf(name, absent);
  return references;
}

function noReferenceOf(name: string, index: number): LtuError {
  return missing(
    name,
    "reference outputs of each sample",
    `none of sample ${index}`,
    "add it to references.indexes, or leave this attack out",
  );
}

function missing(name: string, expected: string, found: string, remedy: string): LtuError {
  return new LtuError("NO_REFERENCES", `${name}: expected ${expected}, found ${found}; ${remedy}.`);
}
