import type { Rng } from "@ltu/core";
import {
  auditInput,
  type AuditInput,
  type AuditSamples,
  type ModelOrigin,
  type ShadowModel,
} from "@ltu/mia/evaluators";

import type { RunContext } from "../run-context.ts";
import { pick, recipeOf, transform } from "../stages/attack-input.ts";
import type { ModelOutputs, SetOutputs } from "../stages/read-outputs.ts";
import type { PreparedSplits } from "../stages/prepare.ts";
import { shadowAudit, type ShadowTargets } from "./shadow-sets.ts";

/** A shadow original with what it was trained on and what was read of it. */
export interface ReadShadow {
  readonly key: string;
  readonly sets: Pick<PreparedSplits, "forgetSet" | "trainSet">;
  readonly outputs: SetOutputs;
}

/** A shadow original, and what was read of it after a method unlearned it. */
export interface ReadUnlearned {
  readonly original: ReadShadow;
  readonly key: string;
  readonly outputs: SetOutputs;
}

/** The audited model. */
export interface AuditedModel {
  readonly key: string;
  readonly outputs: ModelOutputs;
}

/** What `lira-online` and `rmia-online` read: the audited model beside shadow originals. */
export function originalsInput(
  context: RunContext,
  {
    audited,
    splits,
    originals,
  }: {
    readonly audited: AuditedModel;
    readonly splits: PreparedSplits;
    readonly originals: readonly ReadShadow[];
  },
): AuditInput {
  const { targets, sets } = shadowAudit(context, splits);
  return auditInput({
    score: pick(audited.outputs, targets.scored),
    model: originOf(context, audited.key),
    population: pick(audited.outputs, sets.population),
    shadows: {
      indexes: (originals[0] as ReadShadow).outputs.indexes,
      models: originals.map(({ key, sets: own, outputs }): ShadowModel => ({
        ...originOf(context, key),
        kind: "original",
        trainedOn: own.trainSet,
        forgotten: new Int32Array(0),
        outputs,
      })),
    },
  });
}

/**
 * What `u-lira`, `rmia-unlearned` and `update-pair` read: the audited model beside shadow models that a method unlearned, and what the
 * models were before.
 */
export function unlearnedInput(
  context: RunContext,
  {
    audited,
    before,
    method,
    splits,
    shadows,
  }: {
    readonly audited: AuditedModel;
    /** The original model of the run. */
    readonly before: ModelOutputs;
    readonly method: string;
    readonly splits: PreparedSplits;
    readonly shadows: readonly ReadUnlearned[];
  },
): AuditInput {
  const { targets, sets } = shadowAudit(context, splits);
  return auditInput({
    score: { ...pick(audited.outputs, targets.scored), before: pick(before, targets.scored) },
    model: originOf(context, audited.key),
    population: pick(audited.outputs, sets.population),
    fit: pairFit(targets, shadows, context.rng.split("audit").split("update-pair")),
    shadows: {
      indexes: (shadows[0] as ReadUnlearned).outputs.indexes,
      models: shadows.map(({ key, original, outputs }): ShadowModel => ({
        ...originOf(context, key),
        method,
        kind: "unlearned",
        trainedOn: original.sets.trainSet,
        forgotten: original.sets.forgetSet,
        outputs,
      })),
    },
  });
}

function originOf({ experiment }: RunContext, key: string): ModelOrigin {
  return { key, recipe: recipeOf(experiment), transform };
}

/**
 * Before and after of images that are never scored: half of them under a shadow model that was trained on them and made
 * to forget them, half under one that has never seen them. No image is on both sides.
 */
function pairFit(
  { fitting }: Pick<ShadowTargets, "fitting">,
  shadows: readonly ReadUnlearned[],
  rng: Rng,
): { readonly members: AuditSamples; readonly nonMembers: AuditSamples } {
  const seenBy = shadows.map(({ original }) => new Set(original.sets.trainSet));
  const order = rng.split("order").choice(fitting, fitting.length);
  const choose = rng.split("shadow");
  const side = (isMember: boolean): AuditSamples => {
    const own = order.filter((_, i) => (i % 2 === 0) === isMember).sort();
    return rowsOf(
      Array.from(own, (index) => {
        const candidates = shadows.filter((_, s) => seenBy[s]?.has(index) === isMember);
        return [index, candidates[choose.split(index).integer(candidates.length)] as ReadUnlearned] as const;
      }),
      shadows[0] as ReadUnlearned,
    );
  };
  return { members: side(true), nonMembers: side(false) };
}

/** Single images, each under a shadow model of its own, with the same of what that was before. */
function rowsOf(
  chosen: readonly (readonly [number, ReadUnlearned])[],
  { outputs: after, original: { outputs: before } }: ReadUnlearned,
): AuditSamples {
  const indexes = Int32Array.from(chosen, ([index]) => index);
  const collect = (read: (shadow: ReadUnlearned) => SetOutputs, classes: number): AuditSamples => {
    const logits = new Float32Array(chosen.length * classes);
    const labels = new Int32Array(chosen.length);
    chosen.forEach(([index, shadow], i) => {
      const set = read(shadow);
      const row = set.indexes.indexOf(index);
      logits.set(set.logits.subarray(row * classes, (row + 1) * classes), i * classes);
      labels[i] = set.labels[row] as number;
    });
    return { logits, labels, classes, indexes };
  };
  return {
    ...collect(({ outputs }) => outputs, after.classes),
    before: collect(({ original }) => original.outputs, before.classes),
  };
}
