import { LtuError, type IndexSet, type Predictions } from "@ltu/core";

import type { ModelOrigin, ShadowOutputs } from "./shadow-models.ts";

declare const fitBrand: unique symbol;
declare const scoreBrand: unique symbol;

/** Outputs of one model on one strength of query. */
export interface QueryView {
  /** Standard deviation of the noise that was added to the images, 0 for an augmented view. */
  readonly noise: number;
  /** Outputs on the same samples, in the same order. */
  readonly outputs: Predictions;
}

/** A model's outputs on some samples, and what else was measured of them; evaluation mode, one evaluation transform. */
export interface AuditSamples extends Predictions {
  /** Which samples they are, in the order of the rows; each once. */
  readonly indexes: IndexSet;
  /** The original model's outputs on the same samples: for attacks that see both models. */
  readonly before?: Predictions | undefined;
  /** What is known of the samples without the audited model, `[samples, width]` row-major: for quantile regression. */
  readonly features?: { readonly values: ArrayLike<number>; readonly width: number } | undefined;
  /** Outputs on augmented or noisy copies: for label-only attacks. */
  readonly views?: readonly QueryView[] | undefined;
  /** Norm of the loss's gradient with respect to the parameters, one a sample. */
  readonly gradientNorms?: ArrayLike<number> | undefined;
}

/** The samples that fit an attack. Made by {@link auditInput} alone; not assignable where samples to score are wanted. */
export interface FitPart {
  readonly [fitBrand]: true;
  readonly part: "fit";
  /** Samples known to have trained the model whose outputs these are (for `update-pair`: and then unlearned). */
  readonly members: AuditSamples;
  /** Samples that it has never seen. */
  readonly nonMembers: AuditSamples;
}

/** The samples that an attack scores. Made by {@link auditInput} alone; not assignable where fitting samples are wanted. */
export interface ScorePart {
  readonly [scoreBrand]: true;
  readonly part: "score";
  readonly samples: AuditSamples;
}

/** What {@link auditInput} is given. */
export interface AuditRequest {
  /** Outputs of the audited model on the samples to score. */
  readonly score: AuditSamples;
  /** How the audited model came about; needed beside shadow models. */
  readonly model?: ModelOrigin | undefined;
  readonly fit?: { readonly members: AuditSamples; readonly nonMembers: AuditSamples } | undefined;
  /** Outputs of the audited model on a sample of the population, none of which trained it: for RMIA. */
  readonly population?: AuditSamples | undefined;
  /** Outputs of the audited model on samples that never trained it, which turn scores into false positive rates. */
  readonly calibration?: AuditSamples | undefined;
  readonly shadows?: ShadowOutputs | undefined;
}

/** What an audit offers to evaluators. Each reads what its `needs` name and nothing else. */
export interface AuditInput {
  readonly score: ScorePart;
  readonly model?: ModelOrigin | undefined;
  readonly fit?: FitPart | undefined;
  readonly population?: AuditSamples | undefined;
  readonly calibration?: ScorePart | undefined;
  readonly shadows?: ShadowOutputs | undefined;
}

/**
 * Brings the samples of an audit into their parts, after each row is accounted for and no sample is in two parts.
 *
 * The forget set may be scored here although it was scored while unlearning too: scoring is not fitting.
 *
 * @returns The input of every evaluator; plain data, borrowed.
 * @throws LtuError `SHAPE` when lengths or classes disagree, `DATA` for an empty part or a sample twice in one,
 * `FIREWALL` when a sample that fits, calibrates or stands for the population is scored as well.
 */
export function auditInput(request: AuditRequest): AuditInput {
  const { score, fit, population, calibration, model, shadows } = request;
  const seen = new Map<number, string>();
  const parts: [string, AuditSamples | undefined][] = [
    ["score", score],
    ["fit.members", fit?.members],
    ["fit.nonMembers", fit?.nonMembers],
    ["population", population],
    ["calibration", calibration],
  ];
  for (const [name, samples] of parts) {
    if (samples === undefined) continue;
    checkSamples(name, samples, score.classes, name.startsWith("fit"));
    for (const index of samples.indexes) {
      const other = seen.get(index);
      if (other !== undefined) throw twice(index, other, name);
      seen.set(index, name);
    }
  }
  const scored = (samples: AuditSamples): ScorePart => ({ part: "score", samples }) as unknown as ScorePart;
  return {
    score: scored(score),
    model,
    fit: fit && ({ part: "fit", ...fit } as unknown as FitPart),
    population,
    calibration: calibration && scored(calibration),
    shadows,
  };
}

function twice(index: number, first: string, second: string): LtuError {
  return first === second
    ? new LtuError(
        "DATA",
        `auditInput: each sample may stand once in ${first}, found ${index} twice; remove one.`,
      )
    : new LtuError(
        "FIREWALL",
        `auditInput: no sample may be in two parts, found ${index} in ${first} and ${second}; an attack must not be judged on what it was fitted on, so give other samples.`,
      );
}

function checkSamples(name: string, samples: AuditSamples, classes: number, mayBeEmpty: boolean): void {
  const { indexes, labels, logits, before, features, views, gradientNorms } = samples;
  const count = labels.length;
  if (count === 0 && !mayBeEmpty) {
    throw new LtuError("DATA", `auditInput: expected samples in ${name}, found none; give at least one.`);
  }
  const lengths: [string, number, number][] = [
    ["indexes", indexes.length, count],
    ["classes", samples.classes, classes],
    ["logits", logits.length, count * classes],
    ["labels of before", before?.labels.length ?? count, count],
    ["features", features?.values.length ?? 0, features === undefined ? 0 : count * features.width],
    ["gradientNorms", gradientNorms?.length ?? count, count],
    ...(views ?? []).map((view, i): [string, number, number] => [
      `labels of view ${i}`,
      view.outputs.labels.length,
      count,
    ]),
  ];
  for (const [field, found, expected] of lengths) {
    if (found !== expected) {
      throw new LtuError(
        "SHAPE",
        `auditInput: ${name} has ${count} samples of ${classes} classes and needs ${expected} ${field}, found ${found}; take all of them from the same samples in the same order.`,
      );
    }
  }
}
