// Installs the workspace when that is due.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { packageManager, pnpm, root } from "./pnpm.mjs";

/** What decides the content of `node_modules`: the lockfile, the workspace and every manifest. */
export function installKey(folder) {
  const manifests = ["apps", "packages"].flatMap((top) =>
    existsSync(join(folder, top))
      ? readdirSync(join(folder, top), { encoding: "utf8" }).map((name) => join(top, name, "package.json"))
      : [],
  );
  const hash = createHash("sha256");
  for (const path of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests]) {
    if (existsSync(join(folder, path))) hash.update(`${path}\0`).update(readFileSync(join(folder, path)));
  }
  return hash.digest("hex");
}

/** The file that says for which key `node_modules` was installed to the end. */
export const stampOf = (folder) => join(folder, "node_modules", ".ltu-installed");

/** Installs with the pinned pnpm, unless `node_modules` carries the stamp. Returns why it failed, if it did. */
export function installWhenDue() {
  const stamp = stampOf(root);
  const key = installKey(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === key) return undefined;
  process.stderr.write(
    `Installing the workspace with ${packageManager} (first run, or the lockfile changed)\n`,
  );
  rmSync(stamp, { force: true });
  const { command, args, shell } = pnpm([
    "install",
    "--frozen-lockfile",
    "--config.confirmModulesPurge=false",
  ]);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    shell,
    // Progress belongs to stderr: a command's own output (JSON of the app, say) keeps stdout for itself.
    stdio: ["ignore", 2, 2],
    env: { ...process.env, npm_config_update_notifier: "false" },
  });
  if (status === 0) {
    // A libtensorflow that `npm run native` once built is linked into the new node_modules, in a fraction of a second.
    const link = [join(root, "tooling", "native.mjs"), "--if-cached"];
    spawnSync(process.execPath, link, { cwd: root, stdio: ["ignore", 2, 2] });
    writeFileSync(stamp, key);
    return undefined;
  }
  return (
    `The installation did not finish${error ? ` (${error.message})` : ""}: see the lines above. It needs the npm ` +
    "registry (or the one your npm is set to); run the same command again to go on where it stopped."
  );
}
