import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { feedbackAttacks, type NetworkOptions } from "../../src/feedback/index.ts";
import { shapeOf } from "../../src/feedback/network-attack.ts";

describe("feedbackAttacks", () => {
  it("holds every attack of the folder under its own name, and the README names each", () => {
    const folder = new URL("../../src/feedback/", import.meta.url);
    const inFolder = readdirSync(folder)
      .filter((file) =>
        /^export const \w+: FeedbackDefinition\b/mu.test(readFileSync(new URL(file, folder), "utf8")),
      )
      .map((file) => file.replace(/\.ts$/u, ""));
    expect(Object.keys(feedbackAttacks).sort()).toEqual(inFolder.sort());
    for (const [name, definition] of Object.entries(feedbackAttacks)) expect(definition.name).toBe(name);
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, table = ""] = /^\| attack +\|.*\n((?:\|.*\n)+)/mu.exec(readme) ?? [];
    const inTable = [...table.matchAll(/^\| `([a-z-]+)`/gmu)].map(([, name]) => name as string);
    expect(inTable.sort()).toEqual(inFolder.sort());
  });

  it.each([
    ["logistic", [2, 1], "tanh"],
    ["entropy-mlp", [2, 16, 1], "tanh"],
    ["posterior-mlp", [11, 64, 32, 1], "relu"],
    ["margin-statistics-mlp", [3, 32, 1], "gelu"],
    ["phi-logistic", [1, 1], "tanh"],
    ["phi-margin-mlp", [2, 32, 1], "gelu"],
    ["margin-mlp", [1, 16, 1], "tanh"],
  ] as const)("%s has the layers of the specification for ten classes", (name, sizes, activation) => {
    const { network } = feedbackAttacks[name] as unknown as { network: NetworkOptions };
    expect(shapeOf(network, 10)).toEqual({ sizes, activation });
  });
});
