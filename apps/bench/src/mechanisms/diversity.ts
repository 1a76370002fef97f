import { disposeParams } from "@ltu/core";
import { attackFromJSON, diversity, type Diversity } from "@ltu/mia/feedback";
import type { MechanismPart, MechanismSeries } from "@ltu/report";
import type { Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import { composeAttacks, type PlannedAttack } from "../compose-attacks.ts";
import { planForgetSets } from "../plan-forget-sets.ts";
import type { RunContext } from "../run-context.ts";
import { decodeAccessibleRetain } from "../stages/accessible-retain.ts";
import { fitAttacksStage } from "../stages/fit-attacks.ts";
import { decodeJson, encodeJson } from "../stages/json-artefact.ts";
import { decodeSplits } from "../stages/prepare.ts";
import { decodeModel } from "../stages/weights-artefact.ts";
import type { DiversityConfig } from "./mechanisms-config.ts";
import type { PlannedPart } from "./planned-part.ts";

/** What is measured at one seed. */
interface Measured {
  readonly all: Omit<Diversity, "names">;
  /** AUC of each pair, in the order of {@link pairsOf}. */
  readonly pairAuc: readonly number[];
}

/**
 * How different feedback attacks are on an original model: each alone, each pair, all but one, and all together.
 *
 * Measured on samples that fitted none of them: members are retained images outside the accessible share, non-members
 * the test images. Nothing that is measured here goes back into an attack.
 */
export async function planDiversity(
  { attacks: entries, seeds }: DiversityConfig,
  { contexts, folder }: { readonly contexts: readonly RunContext[]; readonly folder: string },
): Promise<PlannedPart> {
  const attacks = await composeAttacks(entries, { folder });
  const perSeed = contexts.map((context) => stagesOf(context, attacks));
  return {
    stages: perSeed.flat(),
    assemble: async (results) => {
      const measured: Measured[] = [];
      for (const stages of perSeed) measured.push(decodeJson(await results.artefact(stages.at(-1) as Stage)));
      return partsOf(
        attacks.map(({ name }) => name),
        { seeds, measured },
      );
    },
  };
}

function stagesOf(context: RunContext, attacks: readonly PlannedAttack[]): Stage[] {
  const { prepare, accessible, original } = planForgetSets(context);
  const fitted = fitAttacksStage(context, { prepare, accessible, original, attacks });
  const { model, batches, ground } = context;
  const measure: Stage = {
    name: `diversity of attacks: seed ${context.seed}`,
    inputs: { version: 1, ground },
    dependsOn: [prepare, accessible, original, fitted],
    run: async ({ artefact, signal }) => {
      const { retainSet, testSet } = decodeSplits(await artefact(prepare));
      const known = new Set(decodeAccessibleRetain(await artefact(accessible)));
      const unseen = retainSet.filter((index) => !known.has(index));
      const definitions = attacks.map(({ definition }) => definition);
      const fittedAttacks = decodeJson<Record<string, unknown>[]>(await artefact(fitted)).map((json) =>
        attackFromJSON(json, { definitions }),
      );
      const { weights } = decodeModel(await artefact(original));
      try {
        const members = await predict(model, weights, batches, unseen, { signal });
        const nonMembers = await predict(model, weights, batches, testSet, { signal });
        const { names: _, ...all } = await diversity(fittedAttacks, { members, nonMembers });
        const pairAuc: number[] = [];
        for (const [a, b] of pairsOf(fittedAttacks)) {
          pairAuc.push((await diversity([a, b], { members, nonMembers })).ensembleAuc);
        }
        return encodeJson({ all, pairAuc } satisfies Measured);
      } finally {
        [weights.params, weights.stats].forEach(disposeParams);
      }
    },
  };
  return [prepare, accessible, original, fitted, measure];
}

/** Every pair of a list, once. */
function pairsOf<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b): [T, T] => [a, b]));
}

function partsOf(
  names: readonly string[],
  { seeds, measured }: { readonly seeds: readonly number[]; readonly measured: readonly Measured[] },
): MechanismPart[] {
  const pairs = pairsOf(names.map((name, index) => ({ name, index })));
  const overAttacks = (name: string, read: (at: Measured, attack: number) => number): MechanismSeries => ({
    name,
    points: names.map((x, k) => ({ x, values: measured.map((at) => read(at, k)) })),
  });
  const overPairs = (
    name: string,
    read: (at: Measured, pair: { readonly a: number; readonly b: number; readonly pair: number }) => number,
  ): MechanismSeries => ({
    name,
    points: pairs.map(([a, b], pair) => ({
      x: `${a.name} + ${b.name}`,
      values: measured.map((at) => read(at, { a: a.index, b: b.index, pair })),
    })),
  });
  const method =
    "Feedback attacks are fitted on the original model's outputs (accessible retained images against validation images) and measured on retained images outside the accessible share against test images. The score of a set of attacks is the mean of their scores, each standardised over non-members.";
  return [
    {
      id: "attacks",
      title: "MI models alone, without each one, and all together",
      method,
      x: { name: "attack", isNumber: false },
      y: { name: "AUC of members against non-members" },
      seeds,
      series: [
        overAttacks("alone", ({ all }, k) => all.auc[k] as number),
        overAttacks("all the others", ({ all }, k) => all.ensembleAuc - (all.marginalBenefit[k] as number)),
        overAttacks("all together", ({ all }) => all.ensembleAuc),
      ],
      contrast: { name: "marginal benefit", of: "all together", minus: "all the others" },
      notes: ["AUC says how well members are told apart; which direction an attacker reads it in is free."],
    },
    {
      id: "pairs",
      title: "Pairs of MI models against the one of the two that tells more",
      method,
      x: { name: "pair", isNumber: false },
      y: { name: "AUC of members against non-members" },
      seeds,
      series: [
        overPairs("the two together", ({ pairAuc }, { pair }) => pairAuc[pair] as number),
        overPairs("the one that tells more", ({ all }, { a, b }) =>
          Math.max(all.auc[a] as number, all.auc[b] as number),
        ),
      ],
      contrast: { name: "gain of the two", of: "the two together", minus: "the one that tells more" },
      notes: [],
    },
    {
      id: "likeness",
      title: "How alike the MI models of each pair are",
      method: `${method} Correlation: of the scores. Gradient cosine: mean over samples, between the scores' gradients with respect to the logits. Disagreement: share of samples that exactly one of the two calls a member.`,
      x: { name: "pair", isNumber: false },
      y: { name: "likeness of two attacks", reference: 0 },
      seeds,
      series: [
        overPairs("correlation", ({ all }, { a, b }) => all.correlation[a]?.[b] as number),
        overPairs("gradient cosine", ({ all }, { a, b }) => all.gradientCosine[a]?.[b] as number),
        overPairs("disagreement", ({ all }, { a, b }) => all.disagreement[a]?.[b] as number),
      ],
      notes: [],
    },
  ];
}
