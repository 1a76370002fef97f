import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Evaluator } from "@ltu/mia/evaluators";
import { afterAll, describe, expect, it } from "vitest";

import { composeEvaluators, evaluatorKey } from "../src/compose-evaluators.ts";
import { parseExperiment, type Experiment } from "../src/config.ts";
import { comparesWithOf } from "../src/own-evaluator.ts";
import { tinyExperiment } from "./run-bench.ts";

const folder = mkdtempSync(join(tmpdir(), "ltu-own-evaluator-"));
afterAll(() => rmSync(folder, { recursive: true }));

const parts = {
  role: `"evaluator"`,
  name: `"own"`,
  kind: `"population"`,
  families: `["own"]`,
  needs: "[]",
  readsLabels: "true",
  evaluate: "() => ({ reason: 'NO_VIEWS', detail: '' })",
};
/** The text of a module that exports an evaluator, with parts of it changed. */
const moduleOf = (changes: Partial<typeof parts> = {}): string =>
  `export const own = { ${Object.entries({ ...parts, ...changes })
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ")} };`;

let count = 0;
/** An experiment that names a new file of this text. */
function experimentWith(text: string, audit: object = {}): Experiment {
  const entry = `./own-${count++}.mjs`;
  writeFileSync(join(folder, entry), text);
  return parseExperiment({ ...tinyExperiment, audit: { evaluators: ["rmia", entry], ...audit } }, "tiny");
}

describe("an evaluator of somebody's own", () => {
  it("stands where the experiment names its file, under its own name and the hash of its text", async () => {
    const planned = await composeEvaluators(experimentWith(moduleOf()), { folder });
    expect(planned.map(({ evaluator }) => evaluator.name)).toEqual(["rmia", "own"]);
    const [first, again, other] = await Promise.all(
      [moduleOf(), moduleOf(), `${moduleOf()}\n`].map(async (text) =>
        evaluatorKey((await composeEvaluators(experimentWith(text), { folder }))[1]!),
      ),
    );
    expect(first).toEqual({ name: "own", sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) as string });
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(evaluatorKey(planned[0]!)).toBe("rmia");
  });

  it.each<[string, string, RegExp]>([
    ["that is none", "export const own = 1;", /must export one evaluator.*found 0 among \[own\]/u],
    ["of which there are two", `${moduleOf()} export const b = own;`, /found 2 among \[(b, own|own, b)\]/u],
    ["that gives feedback", moduleOf({ role: `"feedback"` }), /must export one evaluator/u],
    ["of no family", moduleOf({ families: "[]" }), /must export one evaluator/u],
    ["of another kind", moduleOf({ kind: `"strong"` }), /must export one evaluator/u],
    ["with a need that there is not", moduleOf({ needs: `["fits"]` }), /must export one evaluator/u],
    ["under a name that is taken", moduleOf({ name: `"rmia"` }), /each name once, found rmia twice/u],
    ["that does not load", "export const = 1;", /audit\.evaluators: "\.\/own-\d+\.mjs" cannot be loaded/u],
    [
      "fitted on unlearned models, where there are none",
      moduleOf({ needs: `["before", "fit"]` }),
      /has own, which compares with shadow models, and audit\.shadows\.budget is "none"/u,
    ],
  ])("is refused %s", async (_, text, pattern) => {
    await expect(composeEvaluators(experimentWith(text), { folder })).rejects.toThrow(
      expect.objectContaining({ code: "OPTION", message: expect.stringMatching(pattern) as string }) as Error,
    );
  });

  it("is refused where there is no such file", async () => {
    const audit = { evaluators: ["./none.mjs"] };
    const experiment = parseExperiment({ ...tinyExperiment, audit }, "tiny");
    await expect(composeEvaluators(experiment, { folder })).rejects.toThrow(
      /"\.\/none\.mjs" cannot be loaded/u,
    );
  });

  it("compares with the models that what it needs comes from", () => {
    const of = (needs: Evaluator["needs"], hasShadows = false): string =>
      comparesWithOf({ needs }, { hasShadows });
    expect(of([])).toBe("none");
    expect(of(["before"])).toBe("none");
    expect(of(["fit", "features"])).toBe("oracles");
    expect([of(["shadows"]), of(["shadows", "population"], true)]).toEqual(["oracles", "originals"]);
    expect(of(["before", "fit"], true)).toBe("unlearned");
  });
});
