import fc from "fast-check";

import type { ShadowSignals } from "../../src/evaluators/index.ts";

/** One sample's signals: those of the member side, then those of the other. */
export function oneSample(inside: readonly number[], outside: readonly number[]): ShadowSignals {
  return {
    values: Float64Array.from([...inside, ...outside]),
    sides: Int8Array.from([...inside.map(() => 1), ...outside.map(() => 0)]),
    samples: 1,
  };
}

/** The same models in another order. */
export function reordered(
  { values, sides, samples }: ShadowSignals,
  order: readonly number[],
): ShadowSignals {
  return {
    values: Float64Array.from(order.flatMap((m) => [...values.subarray(m * samples, (m + 1) * samples)])),
    sides: Int8Array.from(order.flatMap((m) => [...sides.subarray(m * samples, (m + 1) * samples)])),
    samples,
  };
}

const signal = fc.double({ min: -50, max: 50, noNaN: true });

/** Signals of 6 models a side on 5 samples. */
export const anySignals: fc.Arbitrary<ShadowSignals> = fc
  .array(signal, { minLength: 60, maxLength: 60 })
  .map((values) => ({
    values: Float64Array.from(values),
    sides: Int8Array.from({ length: 60 }, (_, k) => (k < 30 ? 1 : 0)),
    samples: 5,
  }));

/** A target's signal on 5 samples, far tails included. */
export const anyTarget: fc.Arbitrary<Float64Array> = fc
  .array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map((values) => Float64Array.from(values));
