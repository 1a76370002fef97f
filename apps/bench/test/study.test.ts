import { stageKey } from "@ltu/runner";
import { ablations, optionSets } from "@ltu/unlearn";
import { describe, expect, it } from "vitest";

import { createContext } from "../src/create-context.ts";
import { baseExperiment, experimentNames, findExperiment } from "../src/experiment-catalog.ts";
import { loadData } from "../src/load-data.ts";
import { planRun, type Plan } from "../src/plan.ts";
import { readChoices, withChoices } from "../src/search/choices.ts";
import { mergeJson, setPath } from "../src/strict-json.ts";
import { planCells, type StudyCell } from "../src/study/plan-study.ts";
import { parseStudyConfig, type StudyConfig } from "../src/study/study-config.ts";
import { tinyExperiment } from "./run-bench.ts";

const tiny = {
  schemaVersion: 1,
  kind: "study",
  name: "tiny-study",
  experiment: tinyExperiment,
  seeds: [1, 2],
};
const sweep = { ...tiny, axis: { key: "retainFraction", values: [0.3, 0.6] } };
const ltu = { name: "ltu", options: { optionSet: "recommended", epochs: 2 } };
const variants = [{ label: "no anchor", options: { anchorWeight: 0 } }];

const cellsOf = (json: unknown): Promise<StudyCell[]> => {
  const config = parseStudyConfig(json, "study.json");
  return planCells(config, { base: config.experiment, folder: "." });
};

describe("a study file", () => {
  it("is read with its defaults", () => {
    expect(parseStudyConfig(sweep, "study.json")).toMatchObject({
      variants: [],
      overrides: {},
      description: "",
    });
  });

  it.each<[string, object, RegExp]>([
    ["an unknown key", { sedes: [1] }, /"sedes" is no key of a study; did you mean "seeds"\?/],
    ["no seeds", { seeds: [] }, /"seeds" is not valid \(a study needs at least one seed\)/],
    ["a seed twice", { seeds: [1, 1] }, /every seed once/],
    ["an unknown key of the axis", { axis: { key: "a", values: [1], vales: [1] } }, /"axis.vales".*"values"/],
    ["an axis without values", { axis: { key: "retainFraction", values: [] } }, /"axis.values"/],
    [
      "variants without a row to change",
      { axis: undefined, variants },
      /"default" and "variants" belong together/,
    ],
    ["a row to change without variants", { axis: undefined, default: ltu }, /belong together/],
    ["variants beside an axis", { default: ltu, variants }, /cannot both be varied/],
  ])("with %s is refused", (_, change, pattern) => {
    expect(() => parseStudyConfig({ ...sweep, ...change }, "study.json")).toThrow(pattern);
  });
});

describe("the runs of a study", () => {
  it("are all seeds at all values, each with its own experiment", async () => {
    const cells = await cellsOf(sweep);
    expect(
      cells.map(({ seed, value, experiment }) => [seed, value, experiment.seed, experiment.retainFraction]),
    ).toEqual([
      [1, 0.3, 1, 0.3],
      [1, 0.6, 1, 0.6],
      [2, 0.3, 2, 0.3],
      [2, 0.6, 2, 0.6],
    ]);
  });

  it("lay overrides over the base, lists as a whole", async () => {
    const overrides = { data: { train: 150 }, methods: [{ name: "do-nothing" }] };
    const [cell] = await cellsOf({ ...tiny, overrides });
    expect(cell?.experiment.data).toMatchObject({ train: 150, val: 100 });
    expect(cell?.methods.map(({ label }) => label)).toEqual(["retrain", "do-nothing"]);
  });

  it("have the default row and each variant after the experiment's own rows", async () => {
    const [cell] = await cellsOf({ ...tiny, default: { ...ltu, label: "all of it" }, variants });
    expect(cell?.methods.slice(-2).map(({ label, options }) => [label, options["anchorWeight"]])).toEqual([
      ["all of it", optionSets.recommended.anchorWeight],
      ["no anchor", 0],
    ]);
  });

  it.each<[string, object, RegExp]>([
    [
      "an axis that is no key",
      { axis: { key: "retainFracton", values: [0.3] } },
      /study tiny-study at retainFracton 0\.3: .*"retainFracton" is no key of an experiment; did you mean "retainFraction"/,
    ],
    [
      "an override that is no key",
      { overrides: { data: { tarin: 3 } } },
      /study tiny-study.*"data.tarin".*did you mean "train"/,
    ],
    [
      "a variant with an option that is none",
      { axis: undefined, default: ltu, variants: [{ label: "x", options: { ancorWeight: 1 } }] },
      /study tiny-study: ltu: .*ancorWeight/,
    ],
    [
      "a row to compare with that is none",
      { against: "LTU recomended" },
      /study tiny-study: against must be the label of a row, found "LTU recomended"; did you mean "LTU recommended"/,
    ],
    [
      "two rows of one name",
      { axis: undefined, default: ltu, variants: [...variants, ...variants] },
      /study tiny-study: .*"no anchor" twice/,
    ],
  ])("refuse %s", async (_, change, pattern) => {
    await expect(cellsOf({ ...sweep, ...change })).rejects.toThrow(pattern);
  });

  it("share what does not depend on the axis", async () => {
    const ground = { engine: "cpu", threads: 1 };
    const plans: Plan[] = [];
    for (const { experiment, seed, methods } of await cellsOf(sweep)) {
      const data = await loadData(experiment, {
        folder: undefined,
        download: false,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      });
      plans.push(planRun(await createContext(experiment, { data, seed, ground, folder: "." }), methods));
    }
    const keys = plans.flatMap(({ stages }) => stages.map(stageKey));
    const countOf = (name: string): number =>
      new Set(plans.flatMap(({ stages }) => stages.filter((stage) => stage.name === name).map(stageKey)))
        .size;
    // Once a seed, not once a run.
    for (const name of [
      "prepare",
      "train original",
      "retrain",
      "audit: retrain",
      "unlearn: random-labels (all)",
    ])
      expect(countOf(name), name).toBe(2);
    for (const name of ["unlearn: LTU recommended", "unlearn: LTU literal"])
      expect(countOf(name), name).toBe(4);
    // Of each run: its cut and its forget set, original and retrained model and two rows that see all or nothing, each read
    // and audited.
    expect(keys.length - new Set(keys).size).toBe(2 * (2 + 4 * 3));
  });
});

describe("the studies of the repository", () => {
  const found = async (name: string): Promise<Awaited<ReturnType<typeof findExperiment>>> =>
    findExperiment(name, { callerFolder: "." });
  const studyOf = async (name: string): Promise<StudyConfig> => {
    const study = await found(name);
    if (study.kind !== "study") throw new Error(`${name} is a ${study.kind}`);
    return study.study;
  };

  it("are right in every name and option, and run at a reduced size", async () => {
    for (const name of experimentNames()) {
      const each = await found(name);
      if (each.kind !== "study") continue;
      const { study, folder } = each;
      expect(study.name).toBe(name);
      expect(study.seeds.length).toBeGreaterThanOrEqual(2);
      const base = await baseExperiment(study.experiment, name);
      const { choices, against, ...plain } = study;
      // Rows that a search chooses are checked once they are chosen, and with them what attacks need of them.
      const isOpen = choices !== undefined && (await readChoices(choices.search)) === undefined;
      expect(choices === undefined || against !== undefined, name).toBe(true);
      const cells = await planCells(
        isOpen ? { ...plain, evaluators: false } : await withChoices(study, base),
        { base, folder },
      );
      for (const { experiment } of cells) expect(experiment.data.train).toBeGreaterThanOrEqual(2000);
    }
  }, 60_000);

  it("hold every ablation of @ltu/unlearn that changes the recommended set", async () => {
    const { variants: rows } = await studyOf("ablation");
    const { recommended } = optionSets;
    for (const [name, change] of Object.entries(ablations)) {
      const differs = Object.entries(change).filter(
        ([option, value]) =>
          JSON.stringify(recommended[option as keyof typeof recommended]) !== JSON.stringify(value),
      );
      if (differs.length === 0) continue;
      const isThere = rows.some(
        ({ options }) =>
          Object.entries(options).length === differs.length &&
          differs.every(([option, value]) => JSON.stringify(options[option]) === JSON.stringify(value)),
      );
      expect(isThere, name).toBe(true);
    }
  });

  it("take rows from a search of the repository, by names that it has", async () => {
    const tables = experimentNames().filter((each) => each.startsWith("table") && each !== "table-search");
    const others: Readonly<Record<string, string>> = { "table-economy": "economy-search" };
    const sources = [
      ...tables.map((name) => [name, others[name] ?? "table-search"] as const),
      ["ablation-recommended", "ablation-search"] as const,
    ];
    for (const [name, source] of sources) {
      const search = await found(source);
      if (search.kind !== "search") throw new Error(`${source} is a ${search.kind}`);
      const labels = search.search.rows.map(({ label }) => label);
      const { choices } = await studyOf(name);
      expect(choices?.search, name).toBe(source);
      expect(
        (choices?.rows ?? []).filter((row) => !labels.includes(row)),
        name,
      ).toEqual([]);
    }
  });

  it.each([
    ["table-economy", "table-search", ["random-labels-anchored (30 %)", "LTU recommended"]],
    [
      "table-resnet20",
      "economy-search",
      [
        "LTU economical, 12 passes of 64",
        "LTU economical, 8 passes of 64, large caps",
        "LTU economical, 8 passes of 32, large caps",
      ],
    ],
  ] as const)("write out in %s rows as %s chose them", async (name, source, rows) => {
    const { overrides } = await studyOf(name);
    const choices = await readChoices(source);
    for (const row of rows) {
      const method = choices?.rows.find((each) => each.row === row)?.method;
      expect(method, row).toBeDefined();
      expect(overrides["methods"], row).toContainEqual(method);
    }
  });

  it("sweep the retain fraction over the values asked for", async () => {
    expect((await studyOf("rho-sweep")).axis).toEqual({
      key: "retainFraction",
      values: [0.1, 0.2, 0.3, 0.5, 0.7, 0.9],
    });
  });
});

describe("JSON laid over JSON", () => {
  it("replaces key by key, and lists as a whole, and changes neither", () => {
    const base = { a: { b: 1, c: 2 }, d: [1, 2] };
    expect(mergeJson(base, { a: { b: 3 }, d: [9], e: null })).toEqual({ a: { b: 3, c: 2 }, d: [9], e: null });
    expect(base).toEqual({ a: { b: 1, c: 2 }, d: [1, 2] });
  });

  it("is set at a path, which is made where it is missing", () => {
    const json: Record<string, unknown> = { methods: [{ label: "a" }] };
    setPath(json, "methods.0.label", "b");
    setPath(json, "training.epochs", 3);
    expect(json).toEqual({ methods: [{ label: "b" }], training: { epochs: 3 } });
  });
});
