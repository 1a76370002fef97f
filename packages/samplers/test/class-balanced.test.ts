import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { describeSampler } from "../src/contract/index.ts";
import { classBalanced } from "../src/index.ts";

describe("classBalanced", () => {
  describeSampler(classBalanced);

  const labels = Array.from({ length: 100 }, (_, i) => (i < 80 ? 0 : i < 97 ? 1 : 2));
  const all = Int32Array.from(labels.keys());
  const countsOf = (drawn: Int32Array): number[] =>
    [0, 1, 2].map((label) => drawn.filter((index) => labels[index] === label).length);

  it("draws floor(count / C) of each class", () => {
    for (let seed = 0; seed < 20; seed++) {
      const counts = countsOf(classBalanced(all, 10, { rng: createRng(seed), statistics: { labels } }));
      counts.forEach((count) => expect(count).toBeGreaterThanOrEqual(3));
    }
  });

  it("takes all of a class that has too few, and fills up with the others", () => {
    const counts = countsOf(classBalanced(all, 60, { rng: createRng(1), statistics: { labels } }));
    expect(counts).toEqual([40, 17, 3]);
  });

  it("names the index that has no label", () => {
    const run = (): unknown =>
      classBalanced(Int32Array.of(0, 7), 1, { rng: createRng(1), statistics: { labels: [0] } });
    expect(run).toThrow("found undefined at index 7");
  });
});
