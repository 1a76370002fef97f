import {
  LtuError,
  type FeedbackAttack,
  type NonMemberStatistics,
  type Predictions,
  type Rng,
} from "@ltu/core";
import { auc } from "@ltu/metrics";

import { adamStep, initAdam } from "./adam.ts";
import type { FeedbackDefinition } from "./definition.ts";
import { featuresFloat64, fitScaling, meanOf, scaleFloat64 } from "./features.ts";
import { fittedAttack, shapeOf } from "./fitted-attack.ts";
import { initMlp, mlpGradient, mlpLogits } from "./mlp.ts";
import type { FeedbackRecipe } from "./recipe.ts";

/**
 * Fits one attack; see `trainFeedback` for what is done and why. Awaits between epochs, so that the program stays
 * responsive and can be stopped.
 *
 * @throws LtuError `NO_SIGNAL` when its logits are the same for every non-member, `ABORTED`.
 */
export async function fitAttack(
  definition: FeedbackDefinition,
  members: Predictions,
  nonMembers: Predictions,
  { learningRate, epochs, batchSize, fitShare }: FeedbackRecipe,
  { rng, signal, onEpoch }: { rng: Rng; signal: AbortSignal | undefined; onEpoch: (epoch: number) => void },
): Promise<FeedbackAttack> {
  const { classes } = members;
  const shape = shapeOf(definition, classes);
  const width = shape.sizes[0] as number;
  // Members first, then non-members, side by side in one table of features.
  const memberCount = members.labels.length;
  const table = joined(
    featuresFloat64(definition.signals, members),
    featuresFloat64(definition.signals, nonMembers),
  );
  const memberRows = cut(rng.split("members").permutation(memberCount), fitShare);
  const nonMemberRows = cut(
    rng
      .split("nonMembers")
      .permutation(nonMembers.labels.length)
      .map((row) => row + memberCount),
    fitShare,
  );
  const fitRows = Int32Array.from([...memberRows.fit, ...nonMemberRows.fit]);
  const scaling = fitScaling(table, width, fitRows);
  const features = scaleFloat64(table, scaling);
  const isMember = (row: number): boolean => row < memberCount;
  const samples = {
    features,
    targets: Float64Array.from({ length: features.length / width }, (_, row) => (isMember(row) ? 1 : 0)),
    // Both classes weigh the same however many samples each has.
    weights: Float64Array.from(
      { length: features.length / width },
      (_, row) => fitRows.length / (2 * (isMember(row) ? memberRows : nonMemberRows).fit.length),
    ),
  };
  let weights = initMlp(shape, rng.split("init"));
  let state = initAdam(weights.length);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = rng.split(`epoch/${epoch}`).permutation(fitRows.length);
    const shuffled = order.map((place) => fitRows[place] as number);
    for (let start = 0; start < shuffled.length; start += batchSize) {
      const gradient = mlpGradient(shape, weights, samples, shuffled.subarray(start, start + batchSize));
      ({ weights, state } = adamStep(weights, gradient, state, { learningRate }));
    }
    onEpoch(epoch + 1);
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted === true) {
      throw new LtuError("ABORTED", `trainFeedback: stopped in epoch ${epoch + 1} of ${definition.name}.`);
    }
  }
  const logits = mlpLogits(shape, weights, features);
  const logitsOf = (rows: Int32Array): Float64Array =>
    Float64Array.from(rows, (row) => logits[row] as number);
  return fittedAttack({
    format: "ltu/feedback-attack",
    version: 1,
    definition,
    classes,
    scaling,
    weights: [...weights],
    heldOutAuc: auc(logitsOf(memberRows.held), logitsOf(nonMemberRows.held)),
    nonMember: nonMemberStatistics(definition.name, logits.subarray(memberCount)),
  });
}

function nonMemberStatistics(name: string, logits: Float64Array): NonMemberStatistics {
  const mean = meanOf(logits);
  const spread = Math.sqrt(meanOf(logits.map((logit) => (logit - mean) ** 2)));
  if (!(spread > 0)) {
    throw new LtuError(
      "NO_SIGNAL",
      `trainFeedback: ${name} needs signals that vary between non-members, found the same logit ${mean} for all ${logits.length}; the model's outputs carry no information, train it first.`,
    );
  }
  return { mean, spread, sorted: [...logits.slice().sort()] };
}

/** The first share of the rows fits, the rest is held out. */
function cut(rows: Int32Array, share: number): { fit: Int32Array; held: Int32Array } {
  const count = Math.floor(rows.length * share);
  return { fit: rows.slice(0, count), held: rows.slice(count) };
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
