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
  const chosen = await chosenRows(search);
  for (const { label, choice } of search.rows) {
    const [was, is] = [before, chosen].map((each) => optionsOf(each, label));
    if ("reason" in choice) console.log(`${label}: left out; ${choice.reason}`);
    else console.log(`${label}: ${is}${was === is ? "" : was === undefined ? ", new" : `, was ${was}`}`);
  }
  const file = choicesPath(search.name);
  await makeFolder(dirname(file));
  await writeFileAtomic(file, new TextEncoder().encode(`${JSON.stringify(chosen, null, 2)}\n`));
  console.log(`wrote ${file}`);
}

/** What a search chose, as rows of tables; rows without a choice are left out. */
export async function chosenRows(search: Search): Promise<Choices> {
  const experiment = experimentOf(search);
  const rows: Choices["rows"][number][] = [];
  for (const row of search.rows) {
    if ("reason" in row.choice) continue;
    const options = { ...row.base, ...row.choice.options };
    rows.push({ row: row.label, method: await entryOf(row, options, experiment) });
  }
  return { schemaVersion: 1, kind: "choices", search: search.name, rows };
}

function optionsOf(choices: Choices | undefined, label: string): string | undefined {
  const found = choices?.rows.find(({ row }) => row === label);
  return found && JSON.stringify(found.method.options);
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
