import { describe, expect, it } from "vitest";

import { contentKey } from "../src/content-key.ts";
import { stageKey, stageOrder, type Stage } from "../src/stage.ts";

const stage = (name: string, inputs: number, dependsOn: Stage[] = []): Stage => ({
  name,
  inputs,
  dependsOn,
  run: async () => Uint8Array.of(),
});

describe("stageKey", () => {
  it("is the content key of name, inputs and the keys of the dependencies", () => {
    const parent = stage("parent", 1);
    const parentKey = contentKey({ name: "parent", inputs: 1, dependencies: [] });
    expect(stageKey(parent)).toBe(parentKey);
    expect(stageKey(stage("child", 2, [parent]))).toBe(
      contentKey({ name: "child", inputs: 2, dependencies: [parentKey] }),
    );
  });

  it("changes with the name, the inputs, and a change anywhere above", () => {
    const child = (top: number): Stage => stage("c", 1, [stage("b", 1, [stage("a", top)])]);
    const keys = [stage("c", 1), stage("c", 2), stage("d", 1), child(1), child(2)].map(stageKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("stageOrder", () => {
  it("keeps one of two stages with the same key", () => {
    expect(stageOrder([stage("a", 1), stage("a", 1), stage("a", 2)]).map(({ stage: s }) => s.inputs)).toEqual(
      [1, 2],
    );
  });
});
