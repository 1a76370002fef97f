import { describe, expect, it } from "vitest";

import { parseExperiment } from "../../src/config.ts";
import { planTune, type TuneRequest } from "../../src/tune/plan-tune.ts";
import { tinyExperiment } from "../run-bench.ts";

const experiment = parseExperiment(tinyExperiment, "tiny");
const plan = (request: Partial<TuneRequest>): ReturnType<typeof planTune> =>
  planTune(experiment, { methods: ["finetune"], count: 3, seeds: [101], folder: ".", ...request });

describe("planTune", () => {
  it("tries as many configurations of every method, at every seed, and the same ones for everybody", async () => {
    const { searches, runs } = await plan({ methods: ["finetune", "random-labels"], seeds: [101, 102] });
    expect(searches.map(({ configurations }) => configurations.length)).toEqual([3, 3]);
    expect(runs.map(({ seed, trials }) => [seed, ...trials.map((row) => row.length)])).toEqual([
      [101, 3, 3],
      [102, 3, 3],
    ]);
    expect((await plan({ methods: ["random-labels"] })).searches[0]).toEqual(searches[1]);
  });

  it("lays configurations over the options of the experiment's own row", async () => {
    const { runs } = await plan({});
    const options = runs[0]!.trials[0]!.map(({ method }) => method.options);
    // The row says rho and 2 epochs; the range says 10 epochs.
    expect(options.every((each) => each["retainAccess"] === "rho" && each["epochs"] === 10)).toBe(true);
    expect(runs[0]!.trials[0]!.map(({ name }) => name)).toEqual([
      "finetune lr=0.001",
      "finetune lr=0.01",
      "finetune lr=0.1",
    ]);
  });

  it("searches LTU on the same budget", async () => {
    const { searches, runs } = await plan({ methods: ["ltu"] });
    expect(searches[0]?.configurations).toHaveLength(3);
    expect(runs[0]!.trials[0]!.every(({ method }) => method.attacks.length > 0)).toBe(true);
  });

  it.each<[string, Partial<TuneRequest>, RegExp]>([
    [
      "a method without a range",
      { methods: ["finetun"] },
      /--method must be one of .*did you mean "finetune"\?/,
    ],
    ["one method twice", { methods: ["finetune", "finetune"] }, /every method once, found finetune twice/],
    [
      "a seed that is reported on",
      { seeds: [101, experiment.seed] },
      /not reported on, found 1, the seed of the/,
    ],
    ["one seed twice", { seeds: [101, 101] }, /different pilot seeds/],
    ["no seed", { seeds: [] }, /different pilot seeds, at least one, found none/],
    ["no configuration", { count: 0 }, /count to be a whole number of at least 1, found 0/],
  ])("refuses %s in one sentence", async (_, request, pattern) => {
    await expect(plan(request)).rejects.toThrow(pattern);
  });
});
