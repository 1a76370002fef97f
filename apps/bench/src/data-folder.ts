import { statSync } from "node:fs";
import { resolve } from "node:path";

import { LtuError } from "@ltu/core";

/** How a user named the folder of real data, as typed. */
export interface DataFolderOptions {
  readonly data?: string | undefined;
  /** Whether what is missing is to be fetched: then the folder need not be there yet. */
  readonly download?: boolean | undefined;
}

/**
 * The folder of real data: `--data`, else `LTU_DATA`; `undefined` when neither is given.
 *
 * @throws LtuError `OPTION` when it is a file, or is not there and nothing is to be fetched.
 */
export function dataFolder({ data, download = false }: DataFolderOptions): string | undefined {
  const environment = process.env["LTU_DATA"] ?? "";
  const callerFolder = process.env["INIT_CWD"] ?? process.cwd();
  const folder = data ?? (environment === "" ? undefined : resolve(callerFolder, environment));
  if (folder === undefined) return undefined;
  const found = whatIsAt(folder);
  if (found === "a folder" || (found === "nothing" && download)) return folder;
  throw new LtuError(
    "OPTION",
    `${data === undefined ? "LTU_DATA" : "--data"}: expected the folder that holds the data, found ${found} at ${folder}; name another.`,
  );
}

function whatIsAt(path: string): "a folder" | "a file" | "nothing" {
  try {
    return statSync(path).isDirectory() ? "a folder" : "a file";
  } catch {
    return "nothing";
  }
}
