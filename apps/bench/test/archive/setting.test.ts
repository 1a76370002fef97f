import { describe, expect, it } from "vitest";

import { checkKeepable, settingOf } from "../../src/archive/setting.ts";
import { parseExperiment } from "../../src/config.ts";
import { tinyExperiment } from "../run-bench.ts";

const setting = (change: object = {}): string =>
  settingOf(parseExperiment({ ...tinyExperiment, ...change }, "tiny"));

describe("the setting of an experiment", () => {
  it.each<[string, object]>([
    ["its name", { name: "other", description: "another" }],
    ["its seed", { seed: 5 }],
    ["its other rows", { methods: [{ name: "do-nothing" }] }],
    ["the retrained models it is measured from", { oracles: { count: 5, heldOut: 2 } }],
    ["its evaluators", { audit: { evaluators: [] } }],
  ])("stays under another value of %s", (_, change) => {
    expect(setting(change)).toBe(setting());
  });

  it.each<[string, object]>([
    ["data", { data: { ...tinyExperiment.data, train: 201 } }],
    ["forget set", { forget: { count: 21 } }],
    ["retain fraction", { retainFraction: 0.4 }],
    ["network", { model: { name: "mlp", options: { hidden: [65] } } }],
    ["recipe", { training: { ...tinyExperiment.training, epochs: 31 } }],
    ["split", { splitSeed: 3 }],
  ])("is another with another %s", (_, change) => {
    expect(setting(change)).not.toBe(setting());
  });

  it("does not stand for a model that only a path names", () => {
    const model = { name: "layers-model", options: { folder: "model" } };
    const experiments = [parseExperiment({ ...tinyExperiment, model }, "tiny")];
    expect(() => checkKeepable(experiments, "trials")).toThrow(
      /--trials: expected a model that its name and options describe, found one from a file in tiny/,
    );
    expect(() => checkKeepable(experiments, undefined)).not.toThrow();
  });
});
