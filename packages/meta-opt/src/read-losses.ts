import { stack, type Scalar } from "@tensorflow/tfjs-core";

import { LtuError } from "@ltu/core";

/** The losses of a meta-gradient as numbers. */
export interface ReadLosses {
  /** The tune loss at theta. */
  readonly tuneLoss: number;
  /** The tune loss at the start of each inner step, the first one at theta. */
  readonly innerLosses: readonly number[];
  readonly testLosses: readonly number[];
}

/**
 * All losses in one read-back.
 *
 * @throws LtuError `DIVERGED` naming the first that is not finite.
 */
export async function readLosses({
  inner,
  tests,
}: {
  readonly inner: readonly Scalar[];
  readonly tests: readonly Scalar[];
}): Promise<ReadLosses> {
  const packed = stack([...inner, ...tests]);
  const numbers = Array.from(await packed.data());
  packed.dispose();
  const bad = numbers.findIndex((loss) => !Number.isFinite(loss));
  if (bad !== -1) {
    const which =
      bad === 0
        ? "the tune loss"
        : bad < inner.length
          ? `the tune loss after inner step ${bad} of ${inner.length}`
          : `test loss ${bad - inner.length}`;
    throw new LtuError(
      "DIVERGED",
      `metaGradient: every loss must be finite; ${which} is ${numbers[bad]}. Lower ${bad === 0 ? "the step size of the optimizer" : "innerLr"}, or look at the data of this loss.`,
    );
  }
  return {
    tuneLoss: numbers[0] as number,
    innerLosses: numbers.slice(0, inner.length),
    testLosses: numbers.slice(inner.length),
  };
}
