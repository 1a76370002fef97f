import { LtuError } from "@ltu/core";
import { htmlReport, textTable } from "@ltu/report";

import { assembleResult } from "./assemble-result.ts";
import { checkAudit } from "./check-audit.ts";
import { checkFeedback } from "./check-feedback.ts";
import { composeEvaluators } from "./compose-evaluators.ts";
import { composeMethods } from "./compose-methods.ts";
import { checkModelName } from "./compose-model.ts";
import type { Experiment } from "./config.ts";
import { createContext } from "./create-context.ts";
import { findExperiment } from "./experiment-catalog.ts";
import { indentedJson } from "./indented-json.ts";
import { dataName } from "./load-data.ts";
import { planRun } from "./plan.ts";
import { shadowLines } from "./shadows/shadow-lines.ts";
import { runSession, type RunOptions } from "./run-session.ts";
import { checkForget } from "./forget/check-forget.ts";

/** `run`: an experiment, a study or a search, from its file to its table and its report. */
export async function runCommand(options: RunOptions): Promise<void> {
  const callerFolder = process.env["INIT_CWD"] ?? process.cwd();
  const found = await findExperiment(options.experiment, { callerFolder, overrides: options.set ?? [] });
  if (options.trials !== undefined && (found.kind === "experiment" || found.kind === "mechanisms")) {
    throw new LtuError(
      "OPTION",
      `--trials: expected a search or a study, whose readings are kept, found "${options.experiment}" of another kind; leave --trials out.`,
    );
  }
  if (found.kind === "experiment")
    return runExperiment(found.experiment, { ...options, folder: found.folder });
  if (found.kind === "study") {
    return (await import("./study/run-study.ts")).runStudy(found.study, { ...options, folder: found.folder });
  }
  if (found.kind === "search") {
    return (await import("./search/run-search.ts")).runSearch(found.search, {
      ...options,
      folder: found.folder,
    });
  }
  const { runMechanisms } = await import("./mechanisms/run-mechanisms.ts");
  return runMechanisms(found.mechanisms, { ...options, folder: found.folder });
}

/** An experiment to its table, `result.json` and `report.html`. */
async function runExperiment(
  experiment: Experiment,
  { folder, ...options }: RunOptions & { readonly folder: string },
): Promise<void> {
  // Everything a user can get wrong is asked for first, so that a mistake costs nothing and leaves nothing behind.
  dataName(experiment);
  checkModelName(experiment);
  const methods = await composeMethods(experiment, { folder });
  const evaluators = await composeEvaluators(experiment, { folder });
  await runSession(options, async ({ engine, versions, ground, startedMs, ...session }) => {
    const data = await session.load(experiment);
    const seed = options.seed ?? experiment.seed;
    const context = await createContext(experiment, { data, seed, ground, folder });
    checkForget(context);
    checkFeedback(context, methods);
    checkAudit(context);
    const plan = planRun(context, methods, {
      evaluators,
      allowSharedEvaluator: options.allowSharedEvaluator ?? false,
      further: true,
    });
    const results = await session.runStages(plan.stages, {
      name: `${experiment.name}-seed${seed}`,
      about: [
        `data      ${experiment.data.name}, ${data.dataset.size} images of ${data.dataset.imageShape.join("x")}`,
        `model     ${context.model.name}; seed ${seed}`,
        ...shadowLines(experiment),
        ...context.notes.map((note) => `note      ${note}`),
      ],
    });
    const result = await assembleResult({
      context,
      plan,
      results,
      engine,
      versions,
      startedMs,
      warnings: [],
    });
    await session.write(
      { "result.json": `${indentedJson(result, { depth: 4 })}\n`, "report.html": await htmlReport(result) },
      textTable(result),
    );
  });
}
