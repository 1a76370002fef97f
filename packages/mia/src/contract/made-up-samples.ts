import { createRng, type IndexSet, type Predictions } from "@ltu/core";

import type { ReferenceOutputs, SampleOutputs } from "../feedback/index.ts";

/** Outputs with the index of each sample. */
export type IndexedOutputs = Predictions & { readonly indexes: IndexSet };

/** Made-up outputs of a model that knows its members by heart, to fit an attack on and to ask it about. */
export interface MadeUpSamples {
  readonly members: SampleOutputs;
  readonly nonMembers: SampleOutputs;
  /** Two reference models, trained on some of the non-members. */
  readonly references: ReferenceOutputs;
  /** Members and others that fit nothing. */
  readonly freshMembers: IndexedOutputs;
  readonly unseen: IndexedOutputs;
  /** A few samples in between, of every class, where no signal is at its limit. */
  readonly probe: IndexedOutputs;
}

const classes = 4;
/** What a model adds to the true class's logit of a sample that trained it, and of one that did not. */
const [memberMargin, otherMargin] = [6, 1];
const trainedOnCount = 60;

/**
 * Logits are normal numbers; the true class's has a margin, 6 for members and 1 for others, and the sample's own
 * easiness on top, which the reference models know as well.
 */
export function madeUpSamples(): MadeUpSamples {
  const rng = createRng(11);
  let next = 0;
  const parts: {
    readonly indexes: IndexSet;
    readonly labels: Int32Array;
    readonly easiness: Float32Array;
  }[] = [];
  const sampled = (name: string, size: number): (typeof parts)[number] => {
    const indexes = Int32Array.from({ length: size }, () => next++);
    const labels = Int32Array.from(indexes, (_, i) => (i < classes ? i : rng.integer(classes)));
    const part = { indexes, labels, easiness: rng.split(`easiness/${name}`).normals(size) };
    parts.push(part);
    return part;
  };
  const outputs = (
    name: string,
    { labels, easiness }: (typeof parts)[number],
    margin: (i: number) => number,
  ): Predictions => {
    const noise = rng.split(`noise/${name}`).normals(labels.length * classes, 0.7);
    return {
      logits: noise.map((z, k) => {
        const i = Math.floor(k / classes);
        return k % classes === labels[i] ? z + margin(i) + (easiness[i] as number) : z;
      }),
      labels,
      classes,
    };
  };
  const made = (name: string, size: number, margin: number): IndexedOutputs => {
    const part = sampled(name, size);
    return { ...outputs(name, part, () => margin), indexes: part.indexes };
  };
  const members = made("members", 120, memberMargin);
  const nonMembers = made("nonMembers", 210, otherMargin);
  const freshMembers = made("freshMembers", 150, memberMargin);
  const unseen = made("unseen", 150, otherMargin);
  const probe = made("probe", 6, 2);
  const trainedOn = nonMembers.indexes.slice(0, trainedOnCount);
  const all = {
    indexes: joined(parts.map(({ indexes }) => indexes)),
    labels: joined(parts.map(({ labels }) => labels)),
    easiness: Float32Array.from(parts.flatMap(({ easiness }) => [...easiness])),
  };
  const models = ["first", "second"].map((name) =>
    outputs(`reference/${name}`, all, (i) =>
      trainedOn.includes(all.indexes[i] as number) ? memberMargin : otherMargin,
    ),
  );
  return {
    members,
    nonMembers,
    freshMembers,
    unseen,
    probe,
    references: { indexes: all.indexes, models, trainedOn },
  };
}

function joined(parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(parts.flatMap((part) => [...part]));
}
