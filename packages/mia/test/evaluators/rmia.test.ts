import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  auditInput,
  hasScores,
  rmia,
  rmiaScores,
  type RmiaOptions,
  type RmiaSignals,
} from "../../src/evaluators/index.ts";
import { oneSample } from "./shadows.ts";
import { origin, samplesWith, shadowTable } from "./shadow-table.ts";

const log = (...values: number[]): Float64Array => Float64Array.from(values, Math.log);
const signals = (changes: Partial<RmiaSignals> = {}): RmiaSignals => ({
  target: log(0.8),
  references: oneSample([], [...log(0.2, 0.6)]),
  populationTarget: log(0.5, 0.9, 0.1),
  // Two reference models on three samples.
  populationReferences: log(0.5, 0.2, 0.8, 0.5, 0.4, 0.8),
  ...changes,
});

describe("rmiaScores", () => {
  it("counts the population that the sample beats, by hand", () => {
    // a = 1: p(x) = 0.4, ratio 2; p(z) = 0.5, 0.3, 0.8, ratios 1, 3, 0.125. Beaten: 1 and 0.125.
    expect(rmiaScores(signals(), { a: 1 }).scores[0]).toBeCloseTo(2 / 3, 12);
    // gamma 2: LR 2 is not strictly above 2, LR 16 is.
    expect(rmiaScores(signals(), { a: 1, gamma: 2.001 }).scores[0]).toBeCloseTo(1 / 3, 12);
    // a = 0: p(x) = (0.4 + 1) / 2 = 0.7.
    expect(rmiaScores(signals(), { a: 0 }).logPrior[0]).toBeCloseTo(Math.log(0.7), 12);
  });

  it("takes both sides online", () => {
    const references = oneSample([Math.log(0.9)], [Math.log(0.5)]);
    const { logPrior } = rmiaScores(signals({ references }), { form: "online" });
    expect(logPrior[0]).toBeCloseTo(Math.log(0.7), 12);
    const { leftOut } = rmiaScores(signals(), { form: "online" });
    expect(leftOut).toEqual([{ row: 0, reason: "TOO_FEW_SHADOWS" }]);
  });

  it("does not fall as the target becomes surer, and is a share", () => {
    const logs = fc.double({ min: -200, max: 0, noNaN: true });
    fc.assert(
      fc.property(
        logs,
        logs,
        fc.array(logs, { minLength: 2, maxLength: 6 }),
        fc.constantFrom<RmiaOptions>({}, { a: 0 }, { a: 1, gamma: 2 }),
        (first, second, population, options) => {
          const score = (value: number): number =>
            rmiaScores(
              {
                target: Float64Array.of(value),
                references: oneSample([], [-3, -20]),
                populationTarget: Float64Array.from(population),
                populationReferences: Float64Array.from([...population, ...population], (one) => one / 2),
              },
              options,
            ).scores[0] as number;
          const [low, high] = [score(Math.min(first, second)), score(Math.max(first, second))];
          expect(low >= 0 && low <= high && high <= 1).toBe(true);
        },
      ),
    );
  });

  it("keeps ratios of probabilities that float64 has as 0", () => {
    // exp(-2000) is 0: the ratio to reference models at exp(-2010) is still exp(10).
    const { scores } = rmiaScores(
      {
        target: Float64Array.of(-2000),
        references: oneSample([], [-2010]),
        populationTarget: Float64Array.of(-1),
        populationReferences: Float64Array.of(-1),
      },
      { a: 1 },
    );
    expect(scores[0]).toBe(1);
  });

  it.each([
    [{}, { gamma: 0 }, "gamma must be a number above 0"],
    [{}, { a: 2 }, "a must be from 0 to 1"],
    [{ populationTarget: log() }, {}, "expected samples of the population, found none"],
    [{ populationReferences: log(1) }, {}, "2 x 3 of the population, found 1 and 1"],
  ])("refuses %o with %o", (changes, options, message) => {
    expect(() => rmiaScores(signals(changes), options)).toThrow(message);
  });
});

describe("rmia", () => {
  const models = [
    shadowTable.model("out0", { kind: "original", trainedOn: [7], forgotten: [], phi: [0, 0, 1] }),
    shadowTable.model("in", { kind: "original", trainedOn: [0], forgotten: [], phi: [9, 0, 1] }),
    shadowTable.model("unlearned", { kind: "unlearned", trainedOn: [0], forgotten: [0], phi: [9, 9, 9] }),
  ];
  const input = (phi: number) =>
    auditInput({
      score: samplesWith([phi]),
      model: origin,
      population: samplesWith([0.5, -2], 1),
      shadows: { indexes: Int32Array.of(0, 1, 2), models },
    });

  it("takes shadows that were trained only as its references", () => {
    const result = rmia({ a: 1 }).evaluate(input(3));
    if (!hasScores(result)) throw new Error(result.detail);
    expect(result.scores[0]).toBe(1);
    expect(result.about).toMatchObject({ references: 2, population: 2, temperature: 1 });
    const low = rmia({ a: 1 }).evaluate(input(-9));
    expect(hasScores(low) && low.scores[0]).toBe(0);
  });

  it("takes models that unlearned the sample for the side that has seen it, where asked to", () => {
    const p = (phi: number): number => 1 / (1 + Math.exp(-phi));
    // Sample 0 was unlearned by u0 (phi 2), never seen by u1 (phi -1), and kept by u2, which is on no side of it.
    const unlearned = [
      shadowTable.model("u0", { kind: "unlearned", trainedOn: [0], forgotten: [0], phi: [2, 0, 0] }),
      shadowTable.model("u1", { kind: "unlearned", trainedOn: [7], forgotten: [7], phi: [-1, 0, 0] }),
      shadowTable.model("u2", { kind: "unlearned", trainedOn: [0, 7], forgotten: [7], phi: [50, 0, 0] }),
    ];
    const asked = (phi: number) => ({
      ...input(phi),
      shadows: { indexes: Int32Array.of(0, 1, 2), models: [...models.slice(0, 2), ...unlearned] },
    });
    const scoreOf = (phi: number): number => {
      const result = rmia({ form: "online", references: "unlearned" }).evaluate(asked(phi));
      if (!hasScores(result)) throw new Error(result.detail);
      expect(result.about).toMatchObject({ references: 3, referencesAre: "unlearned" });
      return result.scores[0] as number;
    };
    // p(x) = (p(2) + p(-1)) / 2; the population has p(z) = 1/2 everywhere, so its ratios are 2 p(0.5) and 2 p(-2).
    const prior = (p(2) + p(-1)) / 2;
    const beats = (z: number): number => Math.log((2 * prior * p(z)) / (1 - 2 * prior * p(z)));
    expect([scoreOf(beats(-2) - 0.01), scoreOf(beats(-2) + 0.01)]).toEqual([0, 0.5]);
    expect([scoreOf(beats(0.5) - 0.01), scoreOf(beats(0.5) + 0.01)]).toEqual([0.5, 1]);
  });

  it("has a reason where no model was unlearned by the audited method, and takes another's by name", () => {
    const asked = { form: "online", references: "unlearned" } as const;
    expect(rmia(asked).evaluate({ ...input(0), model: { ...origin, method: "scrub" } })).toEqual({
      reason: "NO_UNLEARNED_SHADOWS",
      detail:
        'rmia: expected reference models unlearned by "scrub", found none; unlearn shadow models by the audited method and options.',
    });
    const retrained = { ...input(0), model: { ...origin, method: undefined } };
    expect(rmia(asked).evaluate(retrained)).toMatchObject({ reason: "NO_UNLEARNED_SHADOWS" });
    // One model is on the side that has seen the sample, and none on the other.
    expect(rmia({ ...asked, method: "finetune" }).evaluate(retrained)).toMatchObject({
      leftOut: [{ row: 0, reason: "TOO_FEW_SHADOWS" }],
    });
    expect(() => rmia({ method: "finetune" })).toThrow('method belongs to references "unlearned"');
  });

  it("softens the outputs by its temperature", () => {
    expect(() => rmia({ temperature: 0 })).toThrow("temperature must be a number above 0");
    const result = rmia({ a: 1, temperature: 50 }).evaluate(input(0.9));
    expect(hasScores(result) && result.about["temperature"]).toBe(50);
  });

  it("says what it lacks", () => {
    const unlearned = models.slice(2);
    const shadows = { indexes: Int32Array.of(0, 1, 2), models: unlearned };
    expect(rmia().evaluate({ ...input(0), shadows })).toMatchObject({ reason: "NO_SHADOWS" });
    const narrow = { indexes: Int32Array.of(0, 1), models: [] };
    expect(() => rmia().evaluate({ ...input(0), shadows: narrow })).toThrow("found none of 2");
  });
});
