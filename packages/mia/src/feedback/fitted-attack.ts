import { tidy } from "@tensorflow/tfjs-core";

import { LtuError, type FeedbackAttack, type NonMemberStatistics } from "@ltu/core";

import { signals } from "../signals/signals.ts";
import { activations } from "./activations.ts";
import type { FeedbackDefinition } from "./definition.ts";
import { featureWidth, scaledFeatures, type FeatureScaling } from "./features.ts";
import { mlpTensor, mlpWeightCount, type MlpShape } from "./mlp.ts";

/** A fitted attack as plain JSON: all that {@link attackFromJSON} needs. */
export interface FittedAttackJSON {
  readonly format: "ltu/feedback-attack";
  readonly version: 1;
  readonly definition: FeedbackDefinition;
  /** The class count it was fitted for. */
  readonly classes: number;
  readonly scaling: FeatureScaling;
  /** See `MlpShape` for their order. */
  readonly weights: readonly number[];
  readonly heldOutAuc: number;
  readonly nonMember: NonMemberStatistics;
}

/** The network of a definition for a class count. */
export function shapeOf(
  { signals: names, hidden, activation }: FeedbackDefinition,
  classes: number,
): MlpShape {
  return { sizes: [featureWidth(names, classes), ...hidden, 1], activation };
}

/** The attack that fitted numbers describe. It holds no tensors: its few weights are uploaded at each score. */
export function fittedAttack(fitted: FittedAttackJSON): FeedbackAttack {
  const { definition, classes, scaling, weights, heldOutAuc, nonMember } = fitted;
  const shape = shapeOf(definition, classes);
  return {
    role: "feedback",
    name: definition.name,
    heldOutAuc,
    nonMember,
    score: (logits, labels) => {
      if (logits.shape[1] !== classes) {
        throw new LtuError(
          "SHAPE",
          `${definition.name}: expected logits of ${classes} classes, found [${logits.shape.join(", ")}]; ` +
            "fit the attacks on outputs of this model.",
        );
      }
      return tidy(() =>
        mlpTensor(shape, weights, scaledFeatures(definition.signals, scaling, logits, labels)),
      );
    },
    toJSON: () => ({ ...fitted }),
  };
}

/**
 * A feedback attack from what its `toJSON` gave, also after a round trip through text.
 *
 * @param json - The object; it is checked in full.
 * @returns The attack; its scores equal the original's bit for bit.
 * @throws LtuError `DATA` when it is not such an object or is damaged.
 */
export function attackFromJSON(json: unknown): FeedbackAttack {
  const fitted = json as FittedAttackJSON;
  if (fitted?.format !== "ltu/feedback-attack" || fitted.version !== 1) {
    throw damaged(
      'format "ltu/feedback-attack" of version 1',
      `${fitted?.format} of version ${fitted?.version}`,
    );
  }
  const { definition, classes, scaling, weights, heldOutAuc, nonMember } = fitted;
  if (
    typeof definition?.name !== "string" ||
    !Array.isArray(definition.signals) ||
    !definition.signals.every((name) => Object.hasOwn(signals, name)) ||
    !isNumbers(definition.hidden) ||
    !Object.hasOwn(activations, definition.activation) ||
    !Number.isInteger(classes)
  ) {
    throw damaged("a definition with known signals and activation", JSON.stringify(definition));
  }
  const shape = shapeOf(definition, classes);
  const count = mlpWeightCount(shape);
  if (!isNumbers(weights) || weights.length !== count) {
    throw damaged(`${count} finite weights`, String(weights?.length));
  }
  const width = shape.sizes[0];
  if (!isNumbers(scaling?.mean) || !isNumbers(scaling.spread) || scaling.mean.length !== width) {
    throw damaged(`${width} means and spreads of features`, JSON.stringify(scaling));
  }
  if (scaling.spread.length !== width || scaling.spread.some((spread) => spread <= 0)) {
    throw damaged(`${width} positive spreads of features`, JSON.stringify(scaling.spread));
  }
  if (!isNumbers([heldOutAuc, nonMember?.mean, nonMember?.spread]) || !isNumbers(nonMember.sorted)) {
    throw damaged("a held-out AUC and statistics of non-members", JSON.stringify({ heldOutAuc, nonMember }));
  }
  return fittedAttack(fitted);
}

function isNumbers(values: unknown): values is readonly number[] {
  return Array.isArray(values) && values.every((value) => Number.isFinite(value));
}

function damaged(expected: string, found: string): LtuError {
  return new LtuError(
    "DATA",
    `attackFromJSON: expected ${expected}, found ${found}; give what an attack's toJSON returned, or fit the attacks again.`,
  );
}
