import { describe, expect, it } from "vitest";

import { decideBySets } from "../src/decide-by-sets.ts";
import { ltu, optionSets, type LtuOptions } from "../src/index.ts";
import { attacks, forgetClass, known, makeRequest, numbersOf, release } from "./setting.ts";

const { recommended, initial } = optionSets;

describe("decideBySets", () => {
  const aClass = { forget: [0, 0, 0], retain: [1, 2, 3], attacks: known };
  const random = { forget: [0, 1, 2], retain: [1, 2, 0], attacks: known };

  it("turns both on for a forget set of one kind, and for no other", () => {
    expect(decideBySets(recommended, aClass)).toMatchObject({ batchStatistics: "joint", matchClasses: true });
    expect(decideBySets(recommended, random)).toMatchObject({ batchStatistics: "own", matchClasses: false });
    // Mostly of one class, which the retain set has too.
    const neighbours = { forget: [0, 0, 0, 0, 1], retain: [0, 1, 2, 3], attacks: known };
    expect(decideBySets(recommended, neighbours).batchStatistics).toBe("joint");
  });

  it("draws the line at a distance of one third", () => {
    const retain = Array.from({ length: 100 }, (_, i) => i % 10);
    // So many of a hundred forgotten samples are of class 0 beyond its tenth: their share is the distance.
    const forget = (more: number): number[] =>
      Array.from({ length: 100 }, (_, i) => (i < 10 + more ? 0 : 1 + (i % 9)));
    const decided = (more: number): string =>
      decideBySets(recommended, { forget: forget(more), retain, attacks: known }).batchStatistics;
    expect([decided(0), decided(30), decided(37), decided(90)]).toEqual(["own", "own", "joint", "joint"]);
  });

  it("matches no classes with attacks that do not know them", () => {
    const decided = decideBySets(recommended, { ...aClass, attacks });
    expect(decided).toMatchObject({ batchStatistics: "joint", matchClasses: false });
  });

  it("leaves alone what was said", () => {
    expect(decideBySets(initial, aClass)).toEqual(initial);
    const said = { ...initial, batchStatistics: "joint", matchClasses: true } as const;
    expect(decideBySets(said, random)).toEqual(said);
  });
});

describe("auto", () => {
  const run = async (
    request: ReturnType<typeof makeRequest>,
    options: Partial<LtuOptions>,
  ): Promise<{ numbers: number[]; imagesForward: number }> => {
    const unlearner = ltu({ attacks: known, epochs: 3, batchSize: 6, queryBatch: 6, ...options });
    const { weights, cost } = await unlearner.unlearn(request);
    const numbers = await numbersOf(weights);
    release(weights);
    release(request.original);
    return { numbers, imagesForward: cost.imagesForward };
  };
  const asked = { architecture: "batch-norm-mlp" } as const;
  const own = { batchStatistics: "own", matchClasses: false } as const;
  const joint = { batchStatistics: "joint", matchClasses: true } as const;

  it("is joint and matched, bit for bit, where a class is forgotten", async () => {
    const decided = await run(forgetClass(asked), {});
    expect(decided).toEqual(await run(forgetClass(asked), joint));
    expect(decided.numbers).not.toEqual((await run(forgetClass(asked), own)).numbers);
    expect(decided.imagesForward).toBeGreaterThan((await run(forgetClass(asked), own)).imagesForward);
  });

  it("is neither, bit for bit, where classes are forgotten evenly", async () => {
    const decided = await run(makeRequest(asked), {});
    expect(decided).toEqual(await run(makeRequest(asked), own));
    expect(decided.numbers).not.toEqual((await run(makeRequest(asked), joint)).numbers);
  });
});
