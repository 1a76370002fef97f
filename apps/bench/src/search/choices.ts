import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { LtuError } from "@ltu/core";
import { z } from "zod";

import type { MethodEntry } from "../config.ts";
import { didYouMean } from "../nearest-name.ts";
import { parseStrict, readJson } from "../strict-json.ts";
import type { StudyConfig } from "../study/study-config.ts";

const repository = fileURLToPath(new URL("../../experiments/chosen/", import.meta.url));

/** The options that a search chose, as rows of tables: a file that changes only when somebody asks for it. */
export interface Choices {
  readonly schemaVersion: 1;
  readonly kind: "choices";
  /** The search's name. */
  readonly search: string;
  readonly rows: readonly {
    /** As in the search. */
    readonly row: string;
    /** Without a label where a table names it the same by itself. */
    readonly method: MethodEntry;
  }[];
}

const choices: z.ZodType<Choices> = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("choices"),
  search: z.string(),
  rows: z
    .array(
      z.strictObject({
        row: z.string(),
        method: z.strictObject({
          name: z.string(),
          label: z.string().optional(),
          options: z.record(z.string(), z.unknown()),
        }),
      }),
    )
    .min(1),
});

/** Where the choices of a search are kept; in the repository unless another folder is given. */
export function choicesPath(search: string, folder: string = repository): string {
  return join(folder, `${search}.json`);
}

/** The choices of a search; `undefined` where nothing was chosen yet. */
export async function readChoices(search: string, folder?: string): Promise<Choices | undefined> {
  const path = choicesPath(search, folder);
  if (!existsSync(path)) return undefined;
  return parseStrict(choices, await readJson(path), { what: "choices", source: `chosen/${search}.json` });
}

/**
 * A study with the chosen rows written out, after the experiment's own.
 *
 * @param base - The JSON of the base experiment.
 * @param folder - Where choices are kept; in the repository unless given.
 * @throws LtuError `OPTION` where nothing was chosen yet, and for a row that the search does not have.
 */
export async function withChoices(
  { choices: asked, ...config }: StudyConfig,
  base: unknown,
  folder?: string,
): Promise<StudyConfig> {
  if (asked === undefined) return config;
  const found = await readChoices(asked.search, folder);
  if (found === undefined) {
    throw new LtuError(
      "OPTION",
      `study ${config.name}: expected the options that ${asked.search} chose, found none; finish the search and run: npm start -- choose docs/results/${asked.search}.json.`,
    );
  }
  const names = found.rows.map(({ row }) => row);
  const rows = asked.rows ?? names;
  const unknown = rows.find((row) => !names.includes(row));
  if (unknown !== undefined) {
    throw new LtuError(
      "OPTION",
      `study ${config.name}: choices.rows must be rows of ${asked.search}, found "${unknown}"; ${didYouMean(unknown, names)}`,
    );
  }
  const own = (config.overrides["methods"] ?? (base as { methods?: unknown }).methods ?? []) as unknown[];
  const shadows = asked.shadows === true ? { shadows: true } : {};
  const chosen = rows.map((row) => ({ ...found.rows.find((each) => each.row === row)?.method, ...shadows }));
  return { ...config, overrides: { ...config.overrides, methods: [...own, ...chosen] } };
}
