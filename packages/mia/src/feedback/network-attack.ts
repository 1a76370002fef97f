import { LtuError } from "@ltu/core";

import { signals, type SignalName } from "../signals/signals.ts";
import type { ActivationName } from "./activations.ts";
import { adamStep, initAdam } from "./adam.ts";
import type { AttackOutputs, FeedbackDefinition, FitOptions, FitSamples } from "./definition.ts";
import {
  featuresFloat64,
  featureWidth,
  fitScaling,
  scaledFeatures,
  scaleFloat64,
  type FeatureScaling,
} from "./features.ts";
import { initMlp, mlpGradient, mlpLogits, mlpTensor, mlpWeightCount, type MlpShape } from "./mlp.ts";

/** An attack as a small network, in plain data. */
export interface NetworkOptions {
  readonly name: string;
  /** What the network reads, in this order. */
  readonly signals: readonly SignalName[];
  /** Widths of the hidden layers; none is logistic regression. */
  readonly hidden: readonly number[];
  /** Between the layers; without a hidden layer it has no effect. */
  readonly activation: ActivationName;
}

/** The fitted numbers of a network. */
export interface FittedNetwork {
  readonly scaling: FeatureScaling;
  /** See `MlpShape` for their order. */
  readonly weights: readonly number[];
}

/** The network of an attack for a class count. */
export function shapeOf({ signals: names, hidden, activation }: NetworkOptions, classes: number): MlpShape {
  return { sizes: [featureWidth(names, classes), ...hidden, 1], activation };
}

/** The float64 logits of fitted numbers. */
export function networkLogits(
  options: NetworkOptions,
  { scaling, weights }: FittedNetwork,
  outputs: AttackOutputs,
): Float64Array {
  const features = scaleFloat64(featuresFloat64(options.signals, outputs), scaling);
  return mlpLogits(shapeOf(options, outputs.classes), Float64Array.from(weights), features);
}

/**
 * An attack that turns signals of membership into a logit with a small network: standardised features, then a
 * perceptron, fitted with class-weighted binary cross-entropy and Adam.
 *
 * Features are standardised with mean and standard deviation of the fitting share. The fit is float64 JavaScript, so
 * its numbers do not depend on the engine. It awaits between passes, so that the program stays responsive.
 *
 * @example
 * ```ts
 * import { networkAttack } from "@ltu/mia/feedback";
 *
 * const attack = networkAttack({ name: "entropy-logistic", signals: ["entropy"], hidden: [], activation: "tanh" });
 * console.log(attack.name, attack.readsLabels); // → entropy-logistic false
 * ```
 */
export function networkAttack(
  options: NetworkOptions,
): FeedbackDefinition<FittedNetwork> & { readonly network: NetworkOptions } {
  return {
    name: options.name,
    network: options,
    readsLabels: options.signals.some((name) => signals[name].readsLabels),
    fit: (samples, fitOptions) => fitNetwork(options, samples, fitOptions),
    score: ({ scaling, weights }, { logits, labels }) =>
      mlpTensor(
        shapeOf(options, logits.shape[1]),
        weights,
        scaledFeatures(options.signals, scaling, logits, labels),
      ),
    scoreFloat64: (fitted, outputs) => networkLogits(options, fitted, outputs),
    problem: (fitted, classes) => problemOf(fitted, shapeOf(options, classes)),
  };
}

async function fitNetwork(
  options: NetworkOptions,
  { members, nonMembers }: FitSamples,
  { recipe: { epochs, batchSize, learningRate }, rng, signal, onEpoch }: FitOptions,
): Promise<FittedNetwork> {
  const shape = shapeOf(options, members.classes);
  const width = shape.sizes[0] as number;
  const [memberCount, nonMemberCount] = [members.labels.length, nonMembers.labels.length];
  const count = memberCount + nonMemberCount;
  // Members first, then non-members, side by side in one table of features.
  const table = joined(
    featuresFloat64(options.signals, members),
    featuresFloat64(options.signals, nonMembers),
  );
  const scaling = fitScaling(
    table,
    width,
    Int32Array.from({ length: count }, (_, row) => row),
  );
  const isMember = (row: number): boolean => row < memberCount;
  const samples = {
    features: scaleFloat64(table, scaling),
    targets: Float64Array.from({ length: count }, (_, row) => (isMember(row) ? 1 : 0)),
    // Both sides weigh the same however many samples each has.
    weights: Float64Array.from(
      { length: count },
      (_, row) => count / (2 * (isMember(row) ? memberCount : nonMemberCount)),
    ),
  };
  let weights = initMlp(shape, rng.split("init"));
  let state = initAdam(weights.length);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = rng.split(`epoch/${epoch}`).permutation(count);
    for (let start = 0; start < count; start += batchSize) {
      const gradient = mlpGradient(shape, weights, samples, order.subarray(start, start + batchSize));
      ({ weights, state } = adamStep(weights, gradient, state, { learningRate }));
    }
    onEpoch(epoch + 1);
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted === true) {
      throw new LtuError("ABORTED", `trainFeedback: stopped in epoch ${epoch + 1} of ${options.name}.`);
    }
  }
  return { scaling, weights: [...weights] };
}

function problemOf({ scaling, weights }: FittedNetwork, shape: MlpShape): string | undefined {
  const count = mlpWeightCount(shape);
  const width = shape.sizes[0] as number;
  if (!Array.isArray(weights) || weights.length !== count) return `${count} weights are needed`;
  const [means, spreads] = [scaling?.mean, scaling?.spread];
  if (!Array.isArray(means) || means.length !== width) return `${width} means of features are needed`;
  if (!Array.isArray(spreads) || spreads.length !== width || spreads.some((spread) => !(spread > 0))) {
    return `${width} positive spreads of features are needed`;
  }
  return undefined;
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
