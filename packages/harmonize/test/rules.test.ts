import { readdirSync, readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { rules, type RuleName } from "../src/index.ts";
import { combined, degenerateVectors, distance, gramOf, largest } from "./vectors.ts";

const names = Object.keys(rules) as RuleName[];
const root = new URL("../", import.meta.url);

/** A rule by name, with a fixed order where it has one. */
const weigh = (name: RuleName, gram: readonly number[]): number[] =>
  name === "pcgrad" ? rules.pcgrad(gram, { order: "ascending" }) : rules[name](gram);

describe("rules", () => {
  it("have a file, a test and a line of the README each", () => {
    const readme = readFileSync(new URL("README.md", root), "utf8");
    const sources = readdirSync(new URL("src/", root));
    const tests = readdirSync(new URL("test/", root));
    for (const name of names) {
      const file = name.replace(/([A-Z])/g, "-$1").toLowerCase();
      expect(sources).toContain(`${file}.ts`);
      expect(tests).toContain(`${file}.test.ts`);
      expect(readme).toContain(`\`${name}\``);
    }
  });

  it.each(names)("%s is the same at every scale", (name) => {
    fc.assert(
      fc.property(degenerateVectors(), fc.constantFrom(1e-40, 1e-10, 1e10, 1e40), (vectors, square) => {
        const gram = gramOf(vectors);
        const found = combined(vectors, weigh(name, gram));
        const scaled = weigh(
          name,
          gram.map((entry) => entry * square),
        );
        expect(distance(found, combined(vectors, scaled))).toBeLessThan(1e-6 * (1 + largest(vectors)));
      }),
      { numRuns: 60 },
    );
  });

  it.each(names.filter((name) => name !== "pcgrad"))(
    "%s does not depend on the order of the gradients",
    (name) => {
      fc.assert(
        fc.property(degenerateVectors(), (vectors) => {
          const reversed = vectors.toReversed();
          const found = combined(vectors, weigh(name, gramOf(vectors)));
          const back = combined(reversed, weigh(name, gramOf(reversed)));
          expect(distance(found, back)).toBeLessThan(1e-6 * (1 + largest(vectors)));
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(names)("%s says what is wrong with a Gramian", (name) => {
    expect(() => weigh(name, [1, 0, 0])).toThrow(`${name}: the Gramian must hold k times k numbers, found 3`);
    expect(() => weigh(name, [])).toThrow("found 0");
    expect(() => weigh(name, [1, Number.NaN, Number.NaN, 1])).toThrow("must be finite");
  });
});
