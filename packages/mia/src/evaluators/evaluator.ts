import type { EvaluatorAttack } from "@ltu/core";

import type { AttackFamily } from "./attack-families.ts";
import type { AuditInput, AuditSamples } from "./audit-input.ts";
import type { AttackKind, AuditReason, AuditResult, Unavailable } from "./audit-result.ts";

/** What an evaluator may declare to need. */
export type AuditNeed =
  "before" | "calibration" | "features" | "fit" | "gradientNorms" | "population" | "shadows" | "views";

/** An evaluator of samples: what it is beside {@link EvaluatorAttack}'s frame. */
export interface Evaluator extends EvaluatorAttack<AuditInput, AuditResult> {
  readonly kind: AttackKind;
  /** What it reads, for the firewall. */
  readonly families: readonly AttackFamily[];
  /** What it reads beside the outputs on the samples to score. */
  readonly needs: readonly AuditNeed[];
  /** Whether its scores depend on the true labels of the samples scored. */
  readonly readsLabels: boolean;
}

/** What {@link defineEvaluator} is given. */
export type EvaluatorDefinition = Pick<Evaluator, "families" | "kind" | "name" | "needs" | "readsLabels"> & {
  /** Scores samples; called only when everything that `needs` names is there, and given nothing else. */
  readonly score: (input: AuditInput) => AuditResult;
};

const missing: Readonly<Record<AuditNeed, { reason: AuditReason; what: string }>> = {
  before: { reason: "NO_BEFORE", what: "the original model's outputs as `before` of every sample" },
  calibration: { reason: "NO_CALIBRATION", what: "samples that never trained the model as `calibration`" },
  features: { reason: "NO_FEATURES", what: "`features` of every sample" },
  fit: { reason: "NO_FIT_SAMPLES", what: "members and nonMembers that fit the attack as `fit`" },
  gradientNorms: { reason: "NO_GRADIENT_NORMS", what: "`gradientNorms` of the samples to score" },
  population: { reason: "NO_POPULATION", what: "samples of the population as `population`" },
  shadows: {
    reason: "NO_SHADOWS",
    what: "outputs of shadow models as `shadows`, and the audited model's `model`",
  },
  views: { reason: "NO_VIEWS", what: "outputs on augmented or noisy copies as `views`" },
};

/**
 * An evaluator from its score: it is given what it declares and nothing else, and says with a reason code what it lacks.
 *
 * @returns The evaluator; its `evaluate` never returns NaN, whatever `score` does not know goes by a reason code.
 */
export function defineEvaluator({ score, ...about }: EvaluatorDefinition): Evaluator {
  return {
    ...about,
    role: "evaluator",
    evaluate: (input) => {
      const lacking = about.needs.find((need) => !isGiven(need, input, about.needs));
      return lacking === undefined ? score(only(about.needs, input)) : unavailable(about.name, lacking);
    },
  };
}

/** What stands in place of scores when a need is not met. */
function unavailable(name: string, need: AuditNeed): Unavailable {
  const { reason, what } = missing[need];
  return { reason, detail: `${name}: expected ${what}, found none; give them or leave this evaluator out.` };
}

const ofSamples = ["before", "features", "gradientNorms", "views"] as const;

function isGiven(need: AuditNeed, input: AuditInput, needs: readonly AuditNeed[]): boolean {
  if (need === "shadows") return input.shadows !== undefined && input.model !== undefined;
  if (need === "fit" || need === "population" || need === "calibration") return input[need] !== undefined;
  const fitting =
    needs.includes("fit") && input.fit !== undefined ? [input.fit.members, input.fit.nonMembers] : [];
  return [input.score.samples, ...fitting].every((samples) => samples[need] !== undefined);
}

/** The input without what is not declared, so that nothing is read by accident. */
function only(needs: readonly AuditNeed[], input: AuditInput): AuditInput {
  const strip = (samples: AuditSamples): AuditSamples => ({
    logits: samples.logits,
    labels: samples.labels,
    classes: samples.classes,
    indexes: samples.indexes,
    ...Object.fromEntries(
      ofSamples.filter((need) => needs.includes(need)).map((need) => [need, samples[need]]),
    ),
  });
  // An evaluator that calibrates others hands on what they need.
  const kept = needs.includes("calibration") ? (samples: AuditSamples) => samples : strip;
  const { score, fit, population, calibration, shadows, model } = input;
  const given = <T>(need: AuditNeed, value: T | undefined): T | undefined =>
    needs.includes(need) || needs.includes("calibration") ? value : undefined;
  return {
    score: { ...score, samples: kept(score.samples) },
    model: given("shadows", model),
    fit: given("fit", fit && { ...fit, members: kept(fit.members), nonMembers: kept(fit.nonMembers) }),
    population: given("population", population && kept(population)),
    calibration: given("calibration", calibration),
    shadows: given("shadows", shadows),
  };
}
