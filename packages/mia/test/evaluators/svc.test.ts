import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fitSvc, type Points } from "../../src/evaluators/index.ts";

const line = (values: readonly number[]): Points => ({ values, dimensions: 1 });
const probability = fc.integer({ min: 0, max: 50 }).map((value) => value / 50);
const sample = fc.array(probability, { minLength: 2, maxLength: 30 });

interface GoldenSvc {
  inputs: Record<"members" | "nonMembers" | "forget", { shape: number[]; data: number[] } | number[]>;
  params: { C: number };
  expected: { decisionTight: number[]; offsetUnique: boolean };
  tolerance: { abs: number | null };
}

describe("fitSvc", () => {
  it("agrees with the golden vectors of scikit-learn", () => {
    const golden = JSON.parse(
      readFileSync(new URL("../../../../golden/mia-svc.json", import.meta.url), "utf8"),
    ) as { cases: GoldenSvc[] };
    const points = (entry: GoldenSvc["inputs"]["forget"]): Points => {
      const { data, shape } = Array.isArray(entry) ? { data: entry, shape: [] } : entry;
      return { values: data.flat(), dimensions: (shape[1] as number | undefined) ?? 1 };
    };
    const unique = golden.cases.filter(
      ({ expected, tolerance }) => expected.offsetUnique && tolerance.abs !== null,
    );
    expect(unique.length).toBeGreaterThan(0);
    for (const { inputs, params, expected } of unique) {
      const svc = fitSvc(points(inputs.members), points(inputs.nonMembers), { c: params.C, tolerance: 1e-8 });
      svc.decide(points(inputs.forget)).forEach((decision, i) => {
        expect(Math.abs(decision - (expected.decisionTight[i] as number))).toBeLessThan(1e-4);
      });
    }
  });

  it("does not depend on the order of the points", () => {
    fc.assert(
      fc.property(sample, sample, (members, others) => {
        fc.pre(new Set([...members, ...others]).size > 1);
        const queries = line([0, 0.3, 1]);
        const straight = fitSvc(line(members), line(others)).decide(queries);
        const turned = fitSvc(line(members.slice().reverse()), line(others.slice().reverse())).decide(
          queries,
        );
        expect(turned).toEqual(straight);
      }),
    );
  });

  it("turns its decisions round when the classes change places", () => {
    const members = [0.9, 0.8, 0.99, 0.5];
    const others = [0.1, 0.6, 0.3, 0.2];
    const queries = line([0.05, 0.55, 0.97]);
    const straight = fitSvc(line(members), line(others), { tolerance: 1e-9 }).decide(queries);
    const turned = fitSvc(line(others), line(members), { tolerance: 1e-9 }).decide(queries);
    straight.forEach((decision, i) => expect(turned[i]).toBeCloseTo(-decision, 6));
  });

  it("merges equal points without changing the classifier", () => {
    // A cloud so close that its points are equal for the kernel, against the same points given as equal.
    const cloud = (values: number[], apart: number): number[] =>
      values.flatMap((value) => [0, 1, 2].map((k) => value + k * apart));
    const queries = line([0, 0.35, 0.6, 1]);
    const fit = (apart: number) =>
      fitSvc(line(cloud([0.9, 0.5, 0.7], apart)), line(cloud([0.1, 0.5, 0.6], apart)), { tolerance: 1e-9 });
    const merged = fit(0);
    const separate = fit(1e-12);
    expect(merged.supportVectors).toBeLessThanOrEqual(6);
    expect(separate.supportVectors).toBeGreaterThan(6);
    const expected = separate.decide(queries);
    merged.decide(queries).forEach((decision, i) => expect(decision).toBeCloseTo(expected[i] as number, 5));
  });

  it("reads gamma auto as one over the number of features", () => {
    const points = (shift: number): Points => ({
      values: [0, 1, 1, 0, 0.5, 0.2].map((value) => value + shift),
      dimensions: 2,
    });
    const auto = fitSvc(points(0.5), points(0)).decide(points(0.2));
    expect(fitSvc(points(0.5), points(0), { gamma: 0.5 }).decide(points(0.2))).toEqual(auto);
    expect(fitSvc(points(0.5), points(0), { gamma: 1 }).decide(points(0.2))).not.toEqual(auto);
  });

  it.each([
    ["DATA", line([]), line([1]), {}, "at least one point"],
    ["DATA", line([1]), line([Number.NaN]), {}, "finite values, found NaN"],
    ["NO_SIGNAL", line([0.5, 0.5]), line([0.5]), {}, "found 3 equal ones"],
    ["SHAPE", line([1]), { values: [1, 2], dimensions: 2 }, {}, "points of 1 features"],
    ["OPTION", line([1]), line([0]), { c: 0 }, "c must be a number above 0"],
    ["OPTION", line([1]), line([0]), { tolerance: -1 }, "tolerance must be"],
  ])("refuses with %s", (code, positive, negative, options, message) => {
    expect(() => fitSvc(positive, negative, options)).toThrow(expect.objectContaining({ code }));
    expect(() => fitSvc(positive, negative, options)).toThrow(message);
  });
});
