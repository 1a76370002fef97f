import type { CheckpointPort, ModelWeights, Rng, UnlearnRequest } from "@ltu/core";
import { createRng, disposeParams } from "@ltu/core";
import { mlp } from "@ltu/models";
import { gaussianBatches } from "@ltu/testing";

import type { decideBySets } from "../src/decide-by-sets.ts";
import { batchNormMlp } from "./batch-norm-mlp.ts";
import { phiAttack, statisticsOf } from "./tiny-attacks.ts";

/** Indexes `from` .. `to` - 1. */
export const range = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, i) => from + i);

/** Two attacks on phi that disagree a little. */
export const attacks: ReturnType<typeof phiAttack>[] = [
  phiAttack("phi-a", { slope: 1, offset: -0.5, nonMember: statisticsOf([-3, -2.2, -1.8, -1.5, -1.2, -0.6]) }),
  phiAttack("phi-b", { slope: 0.6, offset: 0.2, nonMember: statisticsOf([-1.2, -0.8, -0.5, -0.3, 0.2]) }),
];

/** The same attacks, which know all that `matchClasses` asks. */
export const known: typeof attacks = attacks.map((one) => ({
  ...one,
  nonMember: {
    ...one.nonMember,
    labels: one.nonMember.sorted.map((_, i) => i % 4),
    strangers: Array.from({ length: 4 }, () => [-12, -11, -10]),
  },
}));

/** A small request; `original` must be released by the caller. */
export function makeRequest({
  architecture = "mlp",
  forget = 12,
  accessible = 24,
  seed = 1,
  checkpoint,
}: {
  architecture?: "mlp" | "batch-norm-mlp";
  forget?: number;
  accessible?: number;
  seed?: number;
  checkpoint?: CheckpointPort;
} = {}): UnlearnRequest & { readonly original: ModelWeights; readonly rng: Rng } {
  const rng = createRng(seed);
  const imageShape = [3, 2, 1] as const;
  const batches = gaussianBatches(rng.split("data"), { size: forget + accessible, classes: 4, imageShape });
  const model =
    architecture === "mlp"
      ? mlp({ inputShape: imageShape, classes: 4, hidden: [5], activation: "tanh" })
      : batchNormMlp({ inputShape: imageShape, classes: 4 });
  return {
    model,
    original: model.init(rng.split("init")),
    batches,
    // Data-set indexes that are not positions: the forget set lies behind the retain set.
    forgetSet: range(accessible, accessible + forget),
    accessibleRetain: range(0, accessible),
    rng: rng.split("unlearn"),
    checkpoint,
  };
}

/** Two sets with the same classes, by which nothing is decided otherwise than for a random forget set. */
export const alike: Parameters<typeof decideBySets>[1] = { forget: [0, 1], retain: [0, 1], attacks: known };

/** A request that forgets class 0 as a whole. */
export function forgetClass(options: Parameters<typeof makeRequest>[0] = {}): ReturnType<typeof makeRequest> {
  const request = makeRequest(options);
  const only = (set: Int32Array, isKept: (label: number) => boolean): Int32Array => {
    const { images, labels } = request.batches(set);
    images.dispose();
    return set.filter((_, i) => isKept(labels[i] as number));
  };
  return {
    ...request,
    forgetSet: only(request.forgetSet as Int32Array, (label) => label === 0),
    accessibleRetain: only(request.accessibleRetain as Int32Array, (label) => label !== 0),
  };
}

export function release({ params, stats }: ModelWeights): void {
  [params, stats].forEach(disposeParams);
}

/** All numbers of some weights, trained ones and statistics. */
export async function numbersOf({ params, stats }: ModelWeights): Promise<number[]> {
  const parts = await Promise.all(
    [...Object.values(params), ...Object.values(stats)].map((tensor) => tensor.data()),
  );
  return parts.flatMap((part) => Array.from(part));
}
