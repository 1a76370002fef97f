import { LtuError } from "@ltu/core";

import { assembleResult } from "../assemble-result.ts";
import { composeEvaluators } from "../compose-evaluators.ts";
import { composeMethods } from "../compose-methods.ts";
import { createContext } from "../create-context.ts";
import { findExperiment } from "../experiment-catalog.ts";
import { indentedJson } from "../indented-json.ts";
import { planRun } from "../plan.ts";
import { runSession, type RunOptions } from "../run-session.ts";
import { judgeSelftest, selftestText } from "./judge-selftest.ts";

const name = "audit-selftest";

/**
 * `audit-selftest`: lets the audit judge two models of which the right answer is known, prints both, and fails where one
 * answer is wrong. Stages are kept in the store, so that the second run only prints.
 *
 * @throws LtuError `NO_SIGNAL` when the audit does not work.
 */
export async function selftestCommand(options: Omit<RunOptions, "experiment">): Promise<void> {
  const found = await findExperiment(name, { callerFolder: "." });
  if (found.kind !== "experiment") throw new Error(`${name} is a ${found.kind}`);
  const { experiment, folder } = found;
  const methods = await composeMethods(experiment, { folder });
  const evaluators = await composeEvaluators(experiment, { folder });
  await runSession(
    { ...options, experiment: name },
    async ({ engine, versions, ground, startedMs, ...session }) => {
      const { seed } = experiment;
      const data = await session.load(experiment);
      const context = await createContext(experiment, { data, seed, ground, folder });
      const plan = planRun(context, methods, { evaluators });
      const results = await session.runStages(plan.stages, { name, about: [] });
      const result = await assembleResult({
        context,
        plan,
        results,
        engine,
        versions,
        startedMs,
        warnings: [],
      });
      const verdict = judgeSelftest(result, "rmia");
      await session.write(
        { "result.json": `${indentedJson(result, { depth: 4 })}\n` },
        selftestText(verdict),
      );
      if (!verdict.passed) {
        throw new LtuError(
          "NO_SIGNAL",
          "audit:selftest: expected do-nothing to be caught and a retrained model not to be, found otherwise; no audit of this installation can be trusted, so compare result.json with a machine where it works.",
        );
      }
    },
  );
}
