import { tensor1d, tensor2d, tidy } from "@tensorflow/tfjs-core";

import { LtuError, type FeedbackAttack, type IndexSet, type NonMemberStatistics, type Rng } from "@ltu/core";
import { auc } from "@ltu/metrics";

import type { AttackOutputs, FeedbackDefinition } from "./definition.ts";
import { meanOf } from "./features.ts";
import { fittedAttack } from "./fitted-attack.ts";
import type { FeedbackRecipe } from "./recipe.ts";
import { referenceLookup, referenceTable, type ReferenceOutputs } from "./references.ts";
import { takeRows, type SampleOutputs } from "./sample-outputs.ts";

/** The samples of one attack. */
export interface AttackSamples {
  readonly members: SampleOutputs;
  readonly nonMembers: SampleOutputs;
  /** Given for an attack that compares with reference models. */
  readonly references?: ReferenceOutputs | undefined;
}

/**
 * Fits one attack; see `trainFeedback` for what is done and why.
 *
 * @throws LtuError `NO_SIGNAL` when its logits are the same for every non-member, `ABORTED`.
 */
export async function fitAttack(
  definition: FeedbackDefinition,
  samples: AttackSamples,
  recipe: FeedbackRecipe,
  { rng, signal, onEpoch }: { rng: Rng; signal: AbortSignal | undefined; onEpoch: (epoch: number) => void },
): Promise<FeedbackAttack> {
  const { name } = definition;
  const references = samples.references && referenceTable(definition, samples.references);
  const withReference = (outputs: SampleOutputs): AttackOutputs => {
    if (references === undefined) return outputs;
    return {
      ...outputs,
      reference: referenceLookup(name, references)({ indexes: outputs.indexes as IndexSet }),
    };
  };
  const members = withReference(samples.members);
  const nonMembers = withReference(samples.nonMembers);
  const memberRows = cut(rng.split("members").permutation(members.labels.length), recipe.fitShare);
  const nonMemberRows = cut(rng.split("nonMembers").permutation(nonMembers.labels.length), recipe.fitShare);
  const fitted = await definition.fit(
    { members: takeRows(members, memberRows.fit), nonMembers: takeRows(nonMembers, nonMemberRows.fit) },
    { recipe, rng, signal, onEpoch },
  );
  const unseen = await scoresOf(definition, fitted, nonMembers);
  const heldMembers = await scoresOf(definition, fitted, takeRows(members, memberRows.held));
  return fittedAttack(definition, {
    format: "ltu/feedback-attack",
    version: 2,
    name,
    classes: members.classes,
    fitted,
    ...(references === undefined ? {} : { references }),
    heldOutAuc: auc(
      heldMembers,
      Float64Array.from(nonMemberRows.held, (row) => unseen[row] as number),
    ),
    nonMember: {
      ...nonMemberStatistics(name, unseen, nonMembers.labels),
      // A reference value belongs to the true label.
      ...(references === undefined ? { strangers: await strangersOf(definition, fitted, nonMembers) } : {}),
    },
  });
}

/** The scores of outputs: in float64 where the definition can, read back from the engine where not. */
async function scoresOf(
  definition: FeedbackDefinition,
  fitted: object,
  outputs: AttackOutputs,
): Promise<Float64Array> {
  if (definition.scoreFloat64 !== undefined) return definition.scoreFloat64(fitted, outputs);
  const { logits, labels, classes, reference } = outputs;
  const scores = tidy(() =>
    definition.score(fitted, {
      logits: tensor2d(logits, [labels.length, classes]),
      labels: tensor1d(labels, "int32"),
      reference: reference && tensor1d(Float32Array.from(reference), "float32"),
    }),
  );
  try {
    return Float64Array.from(await scores.data());
  } finally {
    scores.dispose();
  }
}

/** The most strangers a class has: enough for quantiles, few enough for a file of many classes. */
const mostStrangers = 200;

/** For each class, the sorted logits of non-members of other classes under its label, evenly taken from all of them. */
async function strangersOf(
  definition: FeedbackDefinition,
  fitted: object,
  nonMembers: AttackOutputs,
): Promise<number[][]> {
  const { labels, classes } = nonMembers;
  const rowsOf = (label: number): number[] => {
    const others = Array.from(labels.keys()).filter((row) => labels[row] !== label);
    const count = Math.min(mostStrangers, others.length);
    return Array.from({ length: count }, (_, i) => others[Math.floor((i * others.length) / count)] as number);
  };
  const rows = Array.from({ length: classes }, (_, label) => rowsOf(label));
  const asked = takeRows(nonMembers, Int32Array.from(rows.flat()));
  const asIf = Int32Array.from(rows.flatMap((own, label) => own.map(() => label)));
  const scores = await scoresOf(definition, fitted, { ...asked, labels: asIf });
  let start = 0;
  return rows.map(({ length }) => [...scores.slice(start, (start += length)).sort()]);
}

function nonMemberStatistics(name: string, logits: Float64Array, labels: Int32Array): NonMemberStatistics {
  const mean = meanOf(logits);
  const spread = Math.sqrt(meanOf(logits.map((logit) => (logit - mean) ** 2)));
  if (!(spread > 0)) {
    throw new LtuError(
      "NO_SIGNAL",
      `trainFeedback: ${name} needs signals that vary between non-members, found the same logit ${mean} for all ${logits.length}; the model's outputs carry no information, train it first.`,
    );
  }
  const order = Array.from(logits.keys()).sort((a, b) => (logits[a] as number) - (logits[b] as number));
  return {
    mean,
    spread,
    sorted: order.map((row) => logits[row] as number),
    labels: order.map((row) => labels[row] as number),
  };
}

/** The first share of the rows fits, the rest is held out. */
function cut(rows: Int32Array, share: number): { fit: Int32Array; held: Int32Array } {
  const count = Math.floor(rows.length * share);
  return { fit: rows.slice(0, count), held: rows.slice(count) };
}
