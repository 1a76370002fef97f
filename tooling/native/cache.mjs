import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { sha256 } from "./checksum.mjs";

/** The folder outside node_modules that keeps what was built, so that a re-install takes seconds. */
export function cacheRoot() {
  return join(process.env.LTU_CACHE ?? join(homedir(), ".cache", "ltu"), "native");
}

/** Opens an empty folder for one build; folders that interrupted runs left behind are removed. */
export function openBuildFolder(root) {
  mkdirSync(root, { recursive: true });
  for (const name of readdirSync(root)) {
    const pid = Number(/^\.build-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isRunning(pid)) rmSync(join(root, name), { recursive: true, force: true });
  }
  const folder = join(root, `.build-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

const files = ["deps/lib/libtensorflow.so", "deps/lib/libtensorflow_framework.so"];

/** Writes the manifest and moves a finished build to its place, in one step. */
export async function commitBuild(folder, entry, facts) {
  const addon = readdirSync(join(folder, "lib")).map((name) => `lib/${name}/tfjs_binding.node`);
  const sizes = Object.fromEntries(
    [...files, ...addon].map((name) => [name, statSync(join(folder, name)).size]),
  );
  const checksums = {};
  for (const name of Object.keys(sizes)) checksums[name] = await sha256(join(folder, name));
  writeFileSync(
    join(folder, "manifest.json"),
    `${JSON.stringify({ ...facts, sizes, checksums }, null, 2)}\n`,
  );
  rmSync(entry, { recursive: true, force: true });
  renameSync(folder, entry);
}

/**
 * The manifest of a complete cache entry, or `undefined`. Sizes are always compared and the addon's checksum too;
 * `thorough` compares all checksums (the libraries are 780 MB).
 */
export async function readEntry(entry, { thorough = false } = {}) {
  const manifest = join(entry, "manifest.json");
  if (!existsSync(manifest)) return undefined;
  try {
    const facts = JSON.parse(readFileSync(manifest, "utf8"));
    for (const [name, size] of Object.entries(facts.sizes)) {
      const path = join(entry, name);
      if (statSync(path).size !== size) return undefined;
      if ((thorough || name.endsWith(".node")) && (await sha256(path)) !== facts.checksums[name])
        return undefined;
    }
    return facts;
  } catch {
    return undefined;
  }
}

/** Points the package's `deps` and `lib` at the cache entry. */
export function linkPackage(packageFolder, entry) {
  for (const name of ["deps", "lib"]) {
    const link = join(packageFolder, name);
    const target = join(entry, name);
    const found = lstatSync(link, { throwIfNoEntry: false });
    if (found?.isSymbolicLink() && readlinkSync(link) === target) continue;
    if (found?.isSymbolicLink()) unlinkSync(link);
    else if (found !== undefined) rmSync(link, { recursive: true });
    symlinkSync(target, link);
  }
}
