import { cloneParams, disposeParams } from "@ltu/core";
import type { Params, Unlearner, UnlearnRequest, UnlearnResult } from "@ltu/core";
import { harmonize } from "@ltu/harmonize";
import { sgd } from "@ltu/train";

import { clipGradient } from "./clip-gradient.ts";
import { forgetFeedback } from "./forget-feedback.ts";
import { resolveConfig, type LtuConfig, type LtuMethod } from "./ltu-config.ts";
import { stepValues } from "./ltu-history.ts";
import { atStep, moveTo, releaseRun, resultOf, startRun, type LtuRun } from "./ltu-run.ts";
import { concatIndexes } from "./query-sets.ts";
import { finishEpoch, recordStep } from "./record-run.ts";
import { refreshRun } from "./refresh-run.ts";
import { rememberFeedback } from "./remember-feedback.ts";
import { querySetsOf } from "./step-queries.ts";

/**
 * Learning to Unlearn (LTU) as an unlearning method.
 *
 * ```text
 * repeat epochs x steps
 *   g_r = metaGradient(theta, support: forget set with random labels, queries: accessible retain set)
 *   g_f = metaGradient(theta, support: one attack on half an audit batch, queries: the others on the other half)
 *   theta = sgd(theta, harmonize(g_r, g_f))
 * ```
 *
 * It reads the forget set and the accessible share of the retain set; the attacks carry what they know of non-members.
 * Only with `miRefreshEpochs` does it read the validation set too. A run resumed from a checkpoint gives the weights of
 * an uninterrupted one, bit for bit.
 *
 * @returns An unlearner named `ltu-<option set>`; the weights it returns belong to the caller. Its history has one
 * number a step in each series of `StepValues`.
 * @throws LtuError `OPTION` for unknown or contradictory options, `DATA` for empty sets, `DIVERGED` naming the step,
 * `ABORTED` on request.
 *
 * Source: "Learning to Unlearn for Robust Machine Unlearning", M. H. Huang, L. G. Foo, J. Liu, ECCV 2024, arXiv
 * 2407.10494; re-implemented from its figure and summaries. Unstated details are ours: see the README.
 *
 * @example
 * ```ts
 * import { ltu } from "@ltu/unlearn";
 *
 * const unlearner = ltu({ attacks: [], forgetWeight: 0, supportGate: false });
 * console.log(unlearner.name, unlearner.needs.retain, unlearner.options.anchorWeight); // → ltu-recommended rho 1
 * ```
 */
export function ltu(config: LtuConfig): Unlearner {
  const method = resolveConfig(config);
  const { name, needs, optionSet, options } = method;
  const attacks = method.attacks.map((attack) => ({ name: attack.name, heldOutAuc: attack.heldOutAuc }));
  const listed = { optionSet, ...options, attacks };
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: listed,
    unlearn: (request) => unlearn(method, request),
  };
}

async function unlearn(method: LtuMethod, request: UnlearnRequest): Promise<UnlearnResult> {
  const run = await startRun(method, request);
  try {
    while (run.epoch < run.plan.epochs && !run.isStopped) {
      await refreshRun(run);
      const first = run.epoch * run.plan.stepsPerEpoch;
      const end = Math.min(first + run.plan.stepsPerEpoch, run.plan.steps);
      for (let step = first; step < end && !run.isStopped; step++) {
        await run.turn();
        await iterate(run, step);
      }
      await finishEpoch(run);
    }
  } catch (error) {
    releaseRun(run);
    throw error;
  }
  return resultOf(run);
}

/** One iteration: two feedbacks, one gradient, one step. */
async function iterate(run: LtuRun, step: number): Promise<void> {
  const { context, plan } = run;
  const rng = run.request.rng.split(`step/${step}`);
  const held: Params[] = [];
  try {
    const support = plan.supportAt(step);
    const queries = querySetsOf(run, { support, rng: rng.split("query") });
    const remembered = await rememberFeedback(context, run.weights, {
      support,
      queries,
      rng: rng.split("remember"),
    });
    held.push(...remembered.owned);
    const forgotten = await forgetFeedback(context, run.weights, {
      audit: plan.auditAt(step),
      retained: concatIndexes(queries),
      rng: rng.split("forget"),
    });
    held.push(...forgotten.owned);

    const { mode, scope, forgetWeight, forgetNormCap, gradientClip, weightDecay } = context.options;
    const harmonizing = { mode, scope, forgetWeight, forgetNormCap: forgetNormCap ?? undefined };
    const harmonized = await harmonize(remembered.gradient, forgotten.gradient, harmonizing);
    const { gradient, scale: clipScale } = await clipGradient(harmonized.gradient, gradientClip);
    held.push(gradient);

    const { lr, momentum } = plan.rateAt(step);
    const next = sgd.step(run.weights.params, gradient, run.velocity, { lr, momentum, weightDecay });
    moveTo(run, { params: next.params, stats: cloneParams(remembered.stats) }, next.state);
    recordStep(run, step, stepValues(remembered, forgotten, { harmonized, clipScale, lr }));
  } catch (error) {
    throw atStep(error, run, step);
  } finally {
    held.forEach(disposeParams);
  }
}
