import { LtuError } from "@ltu/core";
import type { LoadedData } from "@ltu/datasets";
import { studyReport, studyTable, type Result } from "@ltu/report";
import { stageKey } from "@ltu/runner";

import { assembleResult } from "../assemble-result.ts";
import type { Experiment } from "../config.ts";
import { createContext } from "../create-context.ts";
import { baseExperiment } from "../experiment-catalog.ts";
import { planRun } from "../plan.ts";
import { runSession, type RunOptions } from "../run-session.ts";
import { checkSplits } from "../stages/prepare.ts";
import { assembleStudy } from "./assemble-study.ts";
import { planCells } from "./plan-study.ts";
import type { StudyConfig } from "./study-config.ts";

/**
 * A study to its table, `study.json` and `report.html`: every run of it in one process on one store, so that what two
 * runs have in common is made once.
 */
export async function runStudy(
  config: StudyConfig,
  { folder, ...options }: RunOptions & { readonly folder: string },
): Promise<void> {
  refuseSeed(options, config.name);
  const base = await baseExperiment(config.experiment, config.name);
  const cells = await planCells(config, { base, folder });
  await runSession(options, async ({ engine, versions, ground, startedMs, ...session }) => {
    const load = loadOnce((experiment) => session.load(experiment));
    const runs = [];
    for (const { experiment, seed, methods } of cells) {
      const context = await createContext(experiment, { data: await load(experiment), seed, ground, folder });
      checkSplits(context);
      runs.push({ context, plan: planRun(context, methods) });
    }
    const planned = runs.flatMap(({ context, plan }) =>
      plan.stages.map((stage) => ({ stage, key: stageKey(stage), of: `seed ${context.seed}` })),
    );
    const unique = planned.filter(({ key }, i) => planned.findIndex((other) => other.key === key) === i);
    const stages = unique.map(({ stage }) => stage);
    const results = await session.runStages(stages, {
      name: config.name,
      of: unique.map(({ of }) => of),
      about: [
        `study     ${cells.length} runs, seeds ${config.seeds.join(", ")}${config.axis === undefined ? "" : `, ${config.axis.key} ${config.axis.values.join(", ")}`}`,
        `stages    ${stages.length}, ${planned.length - stages.length} shared between runs`,
      ],
    });
    const outcomes: Result[] = [];
    for (const run of runs) {
      outcomes.push(await assembleResult({ ...run, results, engine, versions, startedMs, warnings: [] }));
    }
    const study = assembleStudy({
      config,
      base,
      cells,
      results: outcomes,
      stages,
      engine,
      versions,
      startedMs,
    });
    await session.write(
      { "study.json": `${JSON.stringify(study, null, 2)}\n`, "report.html": await studyReport(study) },
      studyTable(study, { width: 110 }),
    );
  });
}

/** A study has seeds of its own. */
export function refuseSeed({ seed }: Pick<RunOptions, "seed">, name: string): void {
  if (seed === undefined) return;
  throw new LtuError(
    "OPTION",
    `--seed: the study ${name} has seeds of its own; leave --seed out, or set them with --set seeds=[${seed}].`,
  );
}

/** Loads each data set once; generated data differ by the seed that makes them. */
export function loadOnce(
  load: (experiment: Experiment) => Promise<LoadedData>,
): (experiment: Experiment) => Promise<LoadedData> {
  const loaded = new Map<string, Promise<LoadedData>>();
  return (experiment) => {
    const { data, splitSeed, seed } = experiment;
    const key = JSON.stringify(data.name === "synthetic" ? [data, splitSeed ?? seed] : data.name);
    const known = loaded.get(key) ?? load(experiment);
    loaded.set(key, known);
    return known;
  };
}
