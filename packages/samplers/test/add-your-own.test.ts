import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { describeSampler } from "../src/contract/index.ts";
import { disjoint, samplers } from "../src/index.ts";
import { easiest } from "./easiest.ts";

// What "Add your own" of the README says, done.
describe("a sampler of one's own", () => {
  describeSampler(easiest, { drawsAtRandom: false });

  it("draws beside the others", () => {
    const losses = Float32Array.of(5, 1, 4, 2, 3, 0);
    const sets = disjoint([easiest, samplers.uniform], Int32Array.of(0, 1, 2, 3, 4, 5), 3, {
      rng: createRng(1),
      statistics: { labels: [], losses },
    });
    expect(Array.from(sets[0]!)).toEqual([5, 1, 3]);
    expect(Array.from(sets[1]!.toSorted())).toEqual([0, 2, 4]);
  });

  it("is the one that the README shows, in fewer than 40 lines", () => {
    const source = readFileSync(new URL("easiest.ts", import.meta.url), "utf8").trim();
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    expect(readme).toContain(source);
    expect(source.split("\n").length).toBeLessThan(40);
  });
});
