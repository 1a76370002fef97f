import { tensor1d } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { disposeParams, type Params } from "@ltu/core";
import { sgd, type Optimizer } from "@ltu/train";

import { maskedSgd } from "../src/index.ts";

const place = { step: 0, steps: 1, epoch: 0, epochs: 1, stepInEpoch: 0, phase: 0 };

interface Steps {
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Takes some steps and returns weights and state, as float32 numbers. */
async function take(
  optimizer: Optimizer,
  { start, gradients, ...rates }: Steps,
): Promise<{ readonly weights: Float32Array; readonly state: Float32Array }> {
  let params: Params = { w: tensor1d([...start]) };
  let state = optimizer.init(params);
  for (const values of gradients) {
    const gradient = { w: tensor1d([...values]) };
    const next = optimizer.step(params, gradient, state, { ...rates, place });
    [params, state, gradient].forEach(disposeParams);
    ({ params, state } = next);
  }
  const read = async (tree: Params): Promise<Float32Array> =>
    (await (tree["w"] as Params[string]).data<"float32">()).slice();
  const found = { weights: await read(params), state: await read(state) };
  [params, state].forEach(disposeParams);
  return found;
}

const number = fc.float({ min: -4, max: 4, noNaN: true });
const cases = fc.integer({ min: 1, max: 6 }).chain((size) => {
  const list = fc.array(number, { minLength: size, maxLength: size });
  return fc.record({
    start: list,
    mask: fc.array(fc.constantFrom(0, 1), { minLength: size, maxLength: size }),
    gradients: fc.array(list, { minLength: 1, maxLength: 4 }),
    lr: fc.double({ min: 1e-3, max: 1, noNaN: true }),
    momentum: fc.double({ min: 0, max: 0.99, noNaN: true }),
    weightDecay: fc.double({ min: 0, max: 0.1, noNaN: true }),
  });
});

describe("maskedSgd", () => {
  it("by hand: one weight steps, the other stays", async () => {
    // g = 1, weight decay .1, w = 2: 2 - .5 (1 + .2) = 1.4.
    const mask = { w: tensor1d([1, 0]) };
    const steps = { start: [2, 2], gradients: [[1, 1]], lr: 0.5, momentum: 0, weightDecay: 0.1 };
    expect(Array.from((await take(maskedSgd(mask), steps)).weights)).toEqual([Math.fround(1.4), 2]);
    // Legacy: the other one still decays, 2 - .5 x .2 = 1.9.
    const legacy = await take(maskedSgd(mask, { legacyWeightDecay: true }), steps);
    expect(legacy.weights[1]).toBeCloseTo(1.9, 6);
    disposeParams(mask);
  });

  it("keeps masked weights bit for bit through momentum and weight decay, and steps as SGD elsewhere", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ mask: bits, ...steps }) => {
        const mask = { w: tensor1d(bits) };
        const masked = await take(maskedSgd(mask), steps);
        const plain = await take(sgd, steps);
        bits.forEach((bit, i) => {
          expect(
            Object.is(
              masked.weights[i],
              bit === 1 ? plain.weights[i] : Math.fround(steps.start[i] as number),
            ),
          ).toBe(true);
          if (bit === 0) expect(masked.state[i]).toBe(0);
        });
        disposeParams(mask);
      }),
    );
  });

  it("lets weight decay move masked weights in the legacy form, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ mask: bits, ...steps }) => {
        const mask = { w: tensor1d(bits) };
        const legacy = await take(maskedSgd(mask, { legacyWeightDecay: true }), {
          ...steps,
          weightDecay: 0.05,
        });
        const without = await take(maskedSgd(mask, { legacyWeightDecay: true }), {
          ...steps,
          weightDecay: 0,
        });
        bits.forEach((bit, i) => {
          const start = Math.fround(steps.start[i] as number);
          if (bit === 1 || Math.abs(start) < 1e-3) return;
          expect(Math.abs(legacy.weights[i] as number)).toBeLessThan(Math.abs(start));
          expect(without.weights[i]).toBe(start);
        });
        disposeParams(mask);
      }),
      { numRuns: 40 },
    );
  });
});
