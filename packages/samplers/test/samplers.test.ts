import { readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { samplers } from "../src/index.ts";

describe("samplers", () => {
  it("holds every sampler of the folder under the name of its file", () => {
    const shared = ["by-class", "check-request", "contract", "disjoint", "index", "refresh-due"].concat([
      "sampler",
      "samplers",
      "smallest-keys",
      "without",
    ]);
    const files = readdirSync(new URL("../src", import.meta.url)).map((file) => file.replace(/\.ts$/, ""));
    const camel = (name: string): string =>
      name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    expect(Object.keys(samplers).sort()).toEqual(
      files
        .filter((file) => !shared.includes(file))
        .map(camel)
        .sort(),
    );
    Object.entries(samplers).forEach(([name, sampler]) => expect(sampler.name).toBe(name));
  });
});
