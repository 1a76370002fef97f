import type { IndexSet } from "@ltu/core";
import { refreshDue } from "@ltu/samplers";
import { predict } from "@ltu/train";

import { countForward } from "./cost-ledger.ts";
import { matched, type LtuRun } from "./ltu-run.ts";
import { originalFeatures } from "./original-features.ts";
import { refreshLosses } from "./query-sets.ts";
import { checkAttacks, type CurrentOutputs } from "./refresh-attacks.ts";

/**
 * Computes anew, before an epoch, what is due: the losses that `hard` reads every `lossRefreshEpochs`, the attacks every
 * `miRefreshEpochs` (the given ones serve until then), the features that `nearForget` reads once.
 */
export async function refreshRun(run: LtuRun): Promise<void> {
  const { method, request, accessibleRetain, context, weights, epoch } = run;
  const { samplers, lossRefreshEpochs, miRefreshEpochs } = method.options;
  const { model, ledger } = context;
  if (samplers.includes("nearForget") && run.statistics.features === undefined) {
    const known = Int32Array.from([...accessibleRetain, ...request.forgetSet]);
    run.statistics = { ...run.statistics, ...(await originalFeatures(context, known, run.turn)) };
    // A resumed run makes them again, but counts what an uninterrupted one would.
    if (epoch === 0) countForward(ledger, known.length);
  }
  if (samplers.includes("hard") && refreshDue(epoch, { every: lossRefreshEpochs })) {
    const { batches } = context;
    const from = { model, batches, ledger, signal: request.signal };
    run.statistics = {
      ...run.statistics,
      losses: await refreshLosses(from, weights, accessibleRetain),
    };
  }
  const { refreshAttacks } = method;
  if (refreshAttacks === undefined || epoch === 0 || !refreshDue(epoch, { every: miRefreshEpochs })) return;
  const outputsOn = async (indexes: IndexSet): Promise<CurrentOutputs> => {
    const outputs = await predict(model, weights, context.batches, indexes, { signal: request.signal });
    countForward(ledger, indexes.length);
    return { ...outputs, indexes };
  };
  const attacks = await refreshAttacks({
    members: await outputsOn(accessibleRetain),
    nonMembers: await outputsOn(request.valSet as IndexSet),
    attacks: run.attacks,
    epoch,
    rng: request.rng.split(`attacks/${epoch}`),
    signal: request.signal,
  });
  checkAttacks(attacks, { areNeeded: true });
  run.attacks = attacks;
  run.context = { ...context, attacks: matched(attacks, run.setLabels) };
}
