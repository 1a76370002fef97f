import { arch, cpus, platform } from "node:os";

import {
  mechanismsReport,
  mechanismsVersion,
  mechanismTable,
  parseMechanisms,
  type MechanismPart,
} from "@ltu/report";
import { stageKey, type Json, type Stage } from "@ltu/runner";

import { checkModelName } from "../compose-model.ts";
import { parseExperiment, type Experiment } from "../config.ts";
import { createContext } from "../create-context.ts";
import { baseExperiment } from "../experiment-catalog.ts";
import { indentedJson } from "../indented-json.ts";
import { dataName } from "../load-data.ts";
import type { RunContext } from "../run-context.ts";
import { runSession, type RunOptions } from "../run-session.ts";
import { checkForget } from "../forget/check-forget.ts";
import { mergeJson } from "../strict-json.ts";
import { nameOf } from "../study/plan-study.ts";
import { loadOnce } from "../study/load-once.ts";
import { refuseSeed, refuseSharedEvaluator } from "../study/run-study.ts";
import { planDiversity } from "./diversity.ts";
import { planHarmonization } from "./harmonization.ts";
import type { DiversityConfig, MechanismsConfig } from "./mechanisms-config.ts";
import { planMetaStep } from "./meta-step.ts";
import type { PlannedPart } from "./planned-part.ts";

/** Small computations, each of which shows a mechanism, to their tables, `study.json` and `report.html`. */
export async function runMechanisms(
  config: MechanismsConfig,
  { folder, ...options }: RunOptions & { readonly folder: string },
): Promise<void> {
  refuseSeed(options, config.name);
  refuseSharedEvaluator(options, config.name);
  const experiments =
    config.diversity === undefined ? [] : await experimentsOf(config.diversity, config.name);
  await runSession(options, async ({ engine, versions, ground, startedMs, ...session }) => {
    const load = loadOnce((experiment) => session.load(experiment));
    const contexts: RunContext[] = [];
    for (const experiment of experiments) {
      const context = await createContext(experiment, {
        data: await load(experiment),
        seed: experiment.seed,
        ground,
        folder,
      });
      checkForget(context);
      contexts.push(context);
    }
    const planned: PlannedPart[] = [
      ...(config.metaStep === undefined ? [] : [planMetaStep(config.metaStep, { ground })]),
      ...(config.harmonization === undefined ? [] : [planHarmonization(config.harmonization, { ground })]),
      ...(config.diversity === undefined
        ? []
        : [await planDiversity(config.diversity, { contexts, folder })]),
    ];
    const stages: Stage[] = planned.flatMap((part) => part.stages);
    const results = await session.runStages(stages, {
      name: config.name,
      about: [`study     ${planned.length} questions in ${stages.length} stages`],
    });
    const parts: MechanismPart[] = [];
    for (const part of planned) parts.push(...(await part.assemble(results)));
    // Checked like any file that is read, so that nothing is written that cannot be read again.
    const mechanisms = parseMechanisms({
      schemaVersion: mechanismsVersion,
      kind: "mechanisms",
      name: config.name,
      description: config.description,
      config: JSON.parse(JSON.stringify(config)) as Json,
      engine: { name: engine.name, threads: engine.threads },
      versions,
      parts,
      stages: stages.map((stage) => ({ name: stage.name, key: stageKey(stage) })),
      times: {
        totalSeconds: (performance.now() - startedMs) / 1000,
        finishedAt: new Date().toISOString(),
      },
      machine: {
        engine: engine.description,
        platform: platform(),
        arch: arch(),
        cores: cpus().length,
        node: process.version,
      },
    });
    await session.write(
      {
        "study.json": `${indentedJson(mechanisms, { depth: 4 })}\n`,
        "report.html": await mechanismsReport(mechanisms),
      },
      parts.map((part) => `${part.title}\n\n${mechanismTable(part, { width: 110 })}`).join("\n\n"),
    );
  });
}

/** The experiment of the diversity part at each of its seeds, checked. */
async function experimentsOf(
  { experiment, overrides, seeds }: DiversityConfig,
  name: string,
): Promise<Experiment[]> {
  const json = mergeJson(await baseExperiment(experiment, name), overrides) as Record<string, unknown>;
  return seeds.map((seed) => {
    const parsed = parseExperiment({ ...json, seed }, nameOf(json) ?? name);
    dataName(parsed);
    checkModelName(parsed);
    return parsed;
  });
}
