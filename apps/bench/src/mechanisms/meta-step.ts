import type { MechanismPart } from "@ltu/report";
import type { Stage } from "@ltu/runner";
import { disposeMetaGradient, metaGradient } from "@ltu/meta-opt";
import { keptLoss, type SupportQueryGradient } from "@ltu/testing";

import type { RunContext } from "../run-context.ts";
import { decodeJson, encodeJson } from "../stages/json-artefact.ts";
import type { MechanismsConfig } from "./mechanisms-config.ts";
import type { PlannedPart } from "./planned-part.ts";

const arms = ["no meta step", "first order", "second order"] as const;
type Arm = (typeof arms)[number];

/** The meta step alone: what is kept on unseen samples at equal forgetting, over the gap of support and query task. */
export function planMetaStep(
  { seeds, gaps, innerLr }: NonNullable<MechanismsConfig["metaStep"]>,
  { ground }: Pick<RunContext, "ground">,
): PlannedPart {
  const stages = seeds.map((seed): Stage => ({
    name: `meta step: seed ${seed}`,
    inputs: { gaps: [...gaps], innerLr, seed, arms, ground },
    dependsOn: [],
    run: async ({ onProgress }) => {
      const losses: Record<Arm, number[]> = { "no meta step": [], "first order": [], "second order": [] };
      for (const [i, gap] of gaps.entries()) {
        for (const arm of arms) losses[arm].push(await keptLoss({ seed, gap }, gradientOf(arm, innerLr)));
        onProgress({ task: `meta step: seed ${seed}`, step: i + 1, steps: gaps.length });
      }
      return encodeJson(losses);
    },
  }));
  return {
    stages,
    assemble: async (results) => {
      const losses: Record<Arm, number[]>[] = [];
      for (const stage of stages) losses.push(decodeJson(await results.artefact(stage)));
      const series = arms.map((name) => ({
        name,
        points: gaps.map((x, i) => ({ x, values: losses.map((ofSeed) => ofSeed[name][i] as number) })),
      }));
      const part: MechanismPart = {
        id: "meta-step",
        title: "The meta step alone: what is kept over the gap between support and query task",
        method: `A logistic regression knows a group to forget and a group to keep; the gap is the angle between the directions that carry their classes, in right angles: 0 is one task, 1 two that share nothing. Support: the forget group with random labels. Query: 24 samples of the group to keep. Every descent stops when the forget group's loss has gone a quarter of its way to that of a coin, so all forget equally much; then the loss on 1,000 unseen samples of the group to keep is read. Inner rate ${innerLr}; "no meta step" is the plain sum of both losses.`,
        x: { name: "task gap", isNumber: true },
        y: { name: "loss on unseen samples to keep" },
        seeds,
        series,
        contrast: { name: "second against none", of: "second order", minus: "no meta step" },
        notes: ["Less loss is more kept."],
      };
      return [part];
    },
  };
}

function gradientOf(arm: Arm, innerLr: number): SupportQueryGradient {
  const options =
    arm === "no meta step"
      ? ({ innerLr: 0, order: "first" } as const)
      : ({ innerLr, order: arm === "first order" ? "first" : "second" } as const);
  return async (params, support, query) => {
    const { gradient, ...parts } = await metaGradient(params, support, [query], options);
    disposeMetaGradient({ ...parts, gradient: {} });
    return gradient;
  };
}
