import { sum, tensor1d, tensor2d, tidy, type Scalar, type Tensor2D } from "@tensorflow/tfjs-core";

import { LtuError, valueAndGradient, type AttackContext, type FeedbackAttack } from "@ltu/core";

import type { IndexedOutputs } from "./made-up-samples.ts";

/** Scores on the engine, read back. The attack is told which samples they are, unless `context` says otherwise. */
export async function scoresOf(
  attack: FeedbackAttack,
  { logits, labels, classes, indexes }: IndexedOutputs,
  context: AttackContext | null = { indexes },
): Promise<Float32Array> {
  const scores = tidy(() =>
    attack.score(
      tensor2d(logits, [labels.length, classes]),
      tensor1d(labels, "int32"),
      ...(context === null ? [] : [context]),
    ),
  );
  try {
    if (scores.rank !== 1 || scores.size !== labels.length) {
      throw new LtuError(
        "SHAPE",
        `${attack.name}: score must return one number a sample, [${labels.length}], found [${scores.shape.join(", ")}]; reduce it to that shape.`,
      );
    }
    return (await scores.data()) as Float32Array;
  } finally {
    scores.dispose();
  }
}

/** The gradient of the summed score with respect to the logits, `[batch, classes]` row-major. */
export async function gradientOf(
  attack: FeedbackAttack,
  { logits, labels, classes, indexes }: IndexedOutputs,
): Promise<Float32Array> {
  const gradient = tidy(() => {
    const z = tensor2d(logits, [labels.length, classes]);
    const y = tensor1d(labels, "int32");
    const total = (at: Tensor2D): Scalar => sum(attack.score(at, y, { indexes }));
    const result = valueAndGradient((params) => total(params["z"] as Tensor2D), { z });
    return result.gradient["z"] as Tensor2D;
  });
  try {
    return (await gradient.data()) as Float32Array;
  } finally {
    gradient.dispose();
  }
}

/** Central differences of each sample's score along each of its logits, all in one batch. */
export async function differencesOf(
  attack: FeedbackAttack,
  probe: IndexedOutputs,
  step: number,
): Promise<number[]> {
  const { logits, classes } = probe;
  const owners = Int32Array.from({ length: 2 * logits.length }, (_, row) => Math.floor(row / 2 / classes));
  const moved = select(probe, owners);
  owners.forEach((_, row) => {
    const place = row * classes + (Math.floor(row / 2) % classes);
    moved.logits[place] = (moved.logits[place] as number) + (row % 2 === 0 ? step : -step);
  });
  const scores = await scoresOf(attack, moved);
  return Array.from(
    logits,
    (_, k) => ((scores[2 * k] as number) - (scores[2 * k + 1] as number)) / (2 * step),
  );
}

/** A copy of some rows, in the order given. */
export function select(
  { logits, labels, classes, indexes }: IndexedOutputs,
  rows: Int32Array,
): IndexedOutputs {
  const taken = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => taken.set(logits.subarray(row * classes, (row + 1) * classes), i * classes));
  return {
    logits: taken,
    labels: rows.map((row) => labels[row] as number),
    classes,
    indexes: rows.map((row) => indexes[row] as number),
  };
}
