// The pinned pnpm, through the npx that comes with npm: nothing is installed globally.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of this repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The pnpm of `packageManager`, such as `pnpm@10.34.8`. */
export const packageManager = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;

/**
 * How to start the pinned pnpm with `args`: `{ command, args, shell }` for `spawn`. What it starts in turn (turbo,
 * changeset) finds the same pnpm on its path.
 */
export function pnpm(args) {
  const npmCli = process.env["npm_execpath"];
  if (npmCli !== undefined && npmCli.endsWith("npm-cli.js")) {
    return {
      command: process.execPath,
      args: [npmCli, "exec", "--yes", "--", packageManager, ...args],
      shell: false,
    };
  }
  return { command: "npx", args: ["--yes", packageManager, ...args], shell: process.platform === "win32" };
}
