import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { describeSampler } from "../src/contract/index.ts";
import { classSkewed } from "../src/index.ts";
import { chiSquareEqual } from "./chi-square.ts";

describe("classSkewed", () => {
  describeSampler(classSkewed);

  const labels = Array.from({ length: 300 }, (_, i) => i % 10);
  const all = Int32Array.from(labels.keys());

  it("shifts the labels: five of ten classes, other ones with another seed", () => {
    const seen = Array.from({ length: 400 }, (_, seed) => {
      const drawn = classSkewed(all, 60, { rng: createRng(seed), statistics: { labels } });
      return [...new Set(Array.from(drawn, (index) => labels[index] as number))];
    });
    seen.forEach((classes) => expect(classes.length).toBe(5));
    const often = Array.from({ length: 10 }, (_, label) => seen.filter((set) => set.includes(label)).length);
    // 9 degrees of freedom, and less spread than independent draws have.
    expect(chiSquareEqual(often)).toBeLessThan(27.9);
  });

  it("adds classes only where half of them do not suffice", () => {
    const drawn = classSkewed(all, 200, { rng: createRng(3), statistics: { labels } });
    expect(new Set(Array.from(drawn, (index) => labels[index])).size).toBe(7);
  });

  it("works with a single class", () => {
    const drawn = classSkewed(Int32Array.of(4, 9), 2, {
      rng: createRng(3),
      statistics: { labels: labels.map(() => 0) },
    });
    expect(Array.from(drawn.toSorted())).toEqual([4, 9]);
  });
});
