import { refreshDue } from "@ltu/samplers";
import { encodeCheckpoint } from "@ltu/train";

import { hasForgotten } from "./early-stop.ts";
import type { StepValues } from "./ltu-history.ts";
import { fingerprintOf, type Cursor, type LtuRun } from "./ltu-run.ts";

/** Writes down a step, tells it, and ends the run where the audit samples look like non-members. */
export function recordStep(run: LtuRun, step: number, values: StepValues): void {
  const { method, plan, request, history } = run;
  for (const [series, value] of Object.entries(values)) history[series as keyof StepValues].push(value);
  const { earlyStop } = method.options;
  run.isStopped = earlyStop !== null && hasForgotten(history.attackMean, earlyStop);
  const { steps, epochs } = plan;
  request.onProgress?.({
    task: method.name,
    step: step + 1,
    steps,
    epoch: run.epoch + 1,
    epochs,
    values: { ...values },
  });
}

/**
 * Counts an epoch, and saves the run where it can be resumed from its weights alone: at its end, and before an epoch
 * that computes everything anew that moves with the weights.
 */
export async function finishEpoch(run: LtuRun): Promise<void> {
  const { method, request, plan, weights, velocity, isStopped, history } = run;
  const { samplers, lossRefreshEpochs, miRefreshEpochs } = method.options;
  run.epoch += 1;
  const isFresh =
    (!samplers.includes("hard") || refreshDue(run.epoch, { every: lossRefreshEpochs })) &&
    (miRefreshEpochs === 0 || refreshDue(run.epoch, { every: miRefreshEpochs }));
  if (request.checkpoint === undefined || !(isFresh || isStopped || run.epoch === plan.epochs)) return;
  const cursor: Cursor = { epoch: run.epoch, isStopped, history, ledger: run.context.ledger };
  const fingerprint = fingerprintOf(method, request);
  await request.checkpoint.save(await encodeCheckpoint({ weights, velocity, cursor }, { fingerprint }));
}
