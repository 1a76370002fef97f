import { readFile } from "node:fs/promises";
import { dirname } from "node:path";

import { LtuError } from "@ltu/core";
import { parseSearch, type Search, type SearchRow } from "@ltu/report";
import { makeFolder, writeFileAtomic } from "@ltu/runner";

import { composeMethods } from "../compose-methods.ts";
import { parseExperiment, type Experiment, type MethodEntry } from "../config.ts";
import { mergeJson } from "../strict-json.ts";
import { choicesPath, readChoices, type Choices } from "./choices.ts";

/** `choose`: writes what a finished search chose to the file that tables take their options from, and says what changed. */
export async function chooseCommand(path: string): Promise<void> {
  const search = await readSearch(path);
  const before = await readChoices(search.name);
  const rows: Choices["rows"][number][] = [];
  for (const row of search.rows) {
    if ("reason" in row.choice) {
      console.log(`${row.label}: left out; ${row.choice.reason}`);
      continue;
    }
    const method = await entryOf(row, { ...row.base, ...row.choice.options }, experimentOf(search));
    rows.push({ row: row.label, method });
    const old = before?.rows.find((each) => each.row === row.label)?.method;
    const [was, is] = [old, method].map((each) => each && JSON.stringify(each.options));
    console.log(`${row.label}: ${is}${was === is ? "" : was === undefined ? ", new" : `, was ${was}`}`);
  }
  const file = choicesPath(search.name);
  const chosen: Choices = { schemaVersion: 1, kind: "choices", search: search.name, rows };
  await makeFolder(dirname(file));
  await writeFileAtomic(file, new TextEncoder().encode(`${JSON.stringify(chosen, null, 2)}\n`));
  console.log(`wrote ${file}`);
}

function experimentOf({ config, name }: Search): Experiment {
  const { experiment, overrides } = config as { readonly experiment: unknown; readonly overrides: unknown };
  return parseExperiment(mergeJson(experiment, overrides), name);
}

/** A row for tables; the label is left out where a table gives it by itself, so that it may follow the data regime. */
async function entryOf(
  { label, method: name }: SearchRow,
  options: Record<string, unknown>,
  experiment: Experiment,
): Promise<MethodEntry> {
  const entry: MethodEntry = { name, options };
  const [, plan] = await composeMethods({ ...experiment, methods: [entry] }, { folder: "." });
  return plan?.label === label ? entry : { name, label, options };
}

async function readSearch(path: string): Promise<Search> {
  try {
    return parseSearch(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new LtuError(
      "OPTION",
      `choose: ${path} is not the search.json of a finished search (${(cause as Error).message}); name another file.`,
      { cause },
    );
  }
}
