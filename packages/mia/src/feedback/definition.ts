import type { SignalName } from "../signals/signals.ts";
import type { ActivationName } from "./activations.ts";

/**
 * What a feedback attack is before it is fitted, as plain data: the signals of membership it reads and the small
 * network that turns them into one logit, above 0 for members.
 */
export interface FeedbackDefinition {
  readonly name: string;
  /** What the network reads, in this order. */
  readonly signals: readonly SignalName[];
  /** Widths of the hidden layers; none is logistic regression. */
  readonly hidden: readonly number[];
  /** Between the layers; without a hidden layer it has no effect. */
  readonly activation: ActivationName;
}
