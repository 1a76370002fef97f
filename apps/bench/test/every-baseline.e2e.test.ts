import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { baselines } from "@ltu/baselines";
import { describe, expect, it } from "vitest";

import { runBench, temporaryFolder, tinyExperiment } from "./run-bench.ts";

const shadowKept = "boundary expanding, extra class kept";

/** Few images, but convolutions, which some methods work on. */
const experiment = {
  ...tinyExperiment,
  name: "every-baseline",
  data: { ...tinyExperiment.data, train: 60, val: 20, test: 20 },
  forget: { count: 10 },
  model: { name: "small-cnn" },
  training: { ...tinyExperiment.training, epochs: 2 },
  methods: [
    ...Object.keys(baselines)
      .filter((name) => name !== "retrain")
      .map((name) => ({ name })),
    { name: "boundary-expanding", label: shadowKept, options: { dropShadow: false } },
  ],
};

interface Row {
  readonly label: string;
  readonly metrics: Readonly<Record<string, unknown>>;
}

describe("a run of every baseline with its defaults", () => {
  it("has a row of numbers for each, also where the model got a class more", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "experiment.json");
    writeFileSync(file, JSON.stringify(experiment));
    const [out, store] = [join(folder, "out"), join(folder, "store")];
    const flags = ["--experiment", file, "--engine", "wasm", "--out", out, "--store", store];
    const { code, stderr } = await runBench(["run", ...flags]);
    expect(code, stderr).toBe(0);
    const { rows } = JSON.parse(readFileSync(join(out, "result.json"), "utf8")) as { rows: readonly Row[] };
    const named = (name: string): Row | undefined => rows.find(({ label }) => label.split(" (")[0] === name);
    for (const name of [...Object.keys(baselines), shadowKept]) {
      const { ua, ra, ta, miaEfficacy } = named(name)?.metrics ?? {};
      for (const percent of [ua, ra, ta, miaEfficacy]) expect(percent, name).toBeGreaterThanOrEqual(0);
    }
  });
});
