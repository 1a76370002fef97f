import type { IndexSet, Rng } from "@ltu/core";
import { shadowPlan, type ShadowPlan } from "@ltu/mia/evaluators";
import type { Stage } from "@ltu/runner";

import { cutAuditSets, type AuditSets } from "../audit-sets.ts";
import type { RunContext } from "../run-context.ts";
import { encodeJson } from "../stages/json-artefact.ts";
import { decodeSplits, encodeSplits, type PreparedSplits } from "../stages/prepare.ts";

/** The images that some shadow models were trained on and others were not. */
export interface ShadowTargets {
  /** The forget set, then images that no audited model has seen: what is scored. */
  readonly scored: IndexSet;
  /** Images that fit `update-pair`; none of them is scored. */
  readonly fitting: IndexSet;
}

/** With fewer on either side, `update-pair` has no classifier. */
const leastFitting = 20;

/**
 * About as many targets that the audited models have never seen as there are forgotten ones. So half of the targets is as
 * large as the forget set: with all of the retain set beside it, a shadow model is trained on as many images as the
 * audited original, and unlearns as many.
 */
export function shadowTargets(
  { forgetSet }: Pick<PreparedSplits, "forgetSet">,
  { unseen, fitNonMembers }: Pick<AuditSets, "fitNonMembers" | "unseen">,
  rng: Rng,
): ShadowTargets {
  const draw = (set: IndexSet, count: number, name: string): IndexSet =>
    rng.split(name).choice(set, Math.min(count, set.length)).sort();
  const half = Math.floor(forgetSet.length / 2);
  const fitting = draw(
    fitNonMembers,
    Math.max(Math.floor(half / 2), Math.min(half, leastFitting)),
    "fitting",
  );
  const neverSeen = draw(unseen, Math.max(1, forgetSet.length - fitting.length), "unseen");
  return { scored: Int32Array.from([...forgetSet, ...neverSeen]), fitting };
}

/** What of a run decides which images its audit uses. */
export type AuditContext = Pick<RunContext, "forgotten" | "rng">;

/** Targets and population of the audit of a run: what its shadow models are asked about. */
export function shadowAudit(
  { rng, forgotten }: AuditContext,
  splits: PreparedSplits,
): { readonly targets: ShadowTargets; readonly sets: AuditSets } {
  const sets = cutAuditSets(splits.testSet, rng.split("audit"), forgotten);
  return { targets: shadowTargets(splits, sets, shadowStream({ rng }).split("targets")), sets };
}

/** The stream of all shadow models of a run; nothing else draws from it. */
export function shadowStream({ rng }: Pick<RunContext, "rng">): Rng {
  return rng.split("shadows");
}

/** What every shadow model is trained on, and what it forgets: the first `count` of the ladder. */
export function planSets(
  context: AuditContext,
  { splits, count }: { readonly splits: PreparedSplits; readonly count: number },
): ShadowPlan {
  const { targets } = shadowAudit(context, splits);
  return shadowPlan({
    attack: "u-lira",
    targets: Int32Array.from([...targets.scored, ...targets.fitting]),
    background: splits.retainSet,
    backgroundShare: 1,
    budget: count,
    // One plan serves every method: what is forgotten depends on none.
    method: "any",
    seed: shadowStream(context)
      .split("plan")
      .integer(2 ** 31 - 1),
  });
}

/**
 * The sets of one shadow model, in the form of a run's: its half of the targets with all of the retain set, and that half
 * as its forget set. Its key does not depend on how many shadow models there are: a higher rung of the ladder finds the
 * lower ones again.
 *
 * @param planned - The plan of all shadow models of the run.
 */
export function shadowSetsStage(
  { rng }: RunContext,
  {
    prepare,
    number,
    planned,
  }: {
    readonly prepare: Stage;
    /** From 0. */
    readonly number: number;
    readonly planned: (splits: PreparedSplits) => ShadowPlan;
  },
): Stage {
  return {
    name: `shadow ${number + 1}: sets`,
    inputs: { audit: rng.split("audit").key, rng: shadowStream({ rng }).key },
    dependsOn: [prepare],
    run: async ({ artefact }) => {
      const { request: _request, ...splits } = decodeSplits(await artefact(prepare));
      const { trainedOn, forgotten } = planned(splits).shadows.find(
        ({ id }) => id === `unlearned/${number}/0`,
      ) as ShadowPlan["shadows"][number];
      const gone = new Set(forgotten);
      const sets: PreparedSplits = {
        ...splits,
        trainSet: trainedOn,
        forgetSet: forgotten,
        retainSet: trainedOn.filter((index) => !gone.has(index)),
        testSet: new Int32Array(0),
      };
      return encodeSplits(sets);
    },
  };
}

/** Draws the share of a shadow's retain set that its method may touch: the same share as in the run, another draw. */
export function shadowAccessibleStage(
  { rng, experiment: { retainFraction } }: RunContext,
  { sets, number }: { readonly sets: Stage; readonly number: number },
): Stage {
  const stream = rng.split("accessible-retain");
  return {
    name: `shadow ${number + 1}: draw ${Number((100 * retainFraction).toPrecision(3))} % of its retain set`,
    inputs: { retainFraction, rng: stream.key },
    dependsOn: [sets],
    run: async ({ artefact }) => {
      const { retainSet } = decodeSplits(await artefact(sets));
      const count = Math.max(1, Math.round(retainFraction * retainSet.length));
      return encodeJson(Array.from(stream.choice(retainSet, count).sort()));
    },
  };
}
