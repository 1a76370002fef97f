#!/usr/bin/env node
/**
 * Provides libtensorflow for `@tensorflow/tfjs-node`: `npm run native`, and with `-- --gpu` for the CUDA package.
 *
 * The package's own install script downloads from a host that many networks do not reach, so it is suppressed. Here
 * the vendor's archive is taken when that host answers quickly, and otherwise the TensorFlow wheel of the Python
 * package index, from which the C++ libraries and headers are used. The addon is compiled on the spot. All is kept in
 * `$LTU_CACHE/native` (default `~/.cache/ltu/native`) and linked into the package; a second run only links.
 *
 * Exit codes: 0 done, 1 fault of this script, 2 something the user can mend (one sentence says what).
 */
import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { buildAddon, napiVersion } from "./native/addon.mjs";
import { cacheRoot, commitBuild, linkPackage, openBuildFolder, readEntry } from "./native/cache.mjs";
import { provideLibraries } from "./native/libraries.mjs";
import { packages, wheels } from "./native/pins.mjs";
import { NativeError, tell } from "./native/tell.mjs";
import { endChildren, findCompiler, findHeaders, run } from "./native/tools.mjs";

const help = `npm run native -- [options]

Provides libtensorflow for the engine "native" (Linux, x64 or arm64).

  --gpu            for the engine "node-gpu" instead (Linux x64, CUDA 12)
  --check          only load what is there: print versions and multiply two matrices
  --if-cached      only link what an earlier run has built; quietly do nothing otherwise
  --route ROUTE    auto (default), vendor or wheel
  --rebuild        build again even if the cache has it
`;

const appManifest = join(dirname(fileURLToPath(import.meta.url)), "..", "apps", "bench", "package.json");

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(help);
    return;
  }
  const kind = options.gpu ? "gpu" : "cpu";
  if (options.check) return check(packages[kind]);
  if (options["if-cached"]) {
    for (const each of Object.keys(packages)) await linkIfCached(each);
    return;
  }
  const { name, packageFolder, entry } = placesOf(kind);
  const target = `${kind}-${process.arch}`;
  refuseOtherSystems(target);
  let facts = options.rebuild ? undefined : await readEntry(entry);
  if (facts === undefined) facts = await build(entry, packageFolder, target, options.route);
  else tell(`found in the cache: libtensorflow ${facts.version} (${facts.source})`);
  linkPackage(packageFolder, entry);
  return check(name);
}

/** The package of a kind, where it is installed, and its place in the cache. */
function placesOf(kind) {
  const name = packages[kind];
  const packageFolder = findPackage(name);
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const key = `${name.split("/")[1]}-${version}-napi${napiVersion}-${process.platform}-${process.arch}`;
  return { name, packageFolder, entry: join(cacheRoot(), key) };
}

/** Links what an earlier run has built; a package that is not installed or not built is left alone. */
async function linkIfCached(kind) {
  try {
    const { packageFolder, entry } = placesOf(kind);
    if ((await readEntry(entry)) !== undefined) linkPackage(packageFolder, entry);
  } catch (error) {
    if (!(error instanceof NativeError)) throw error;
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        gpu: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        "if-cached": { type: "boolean", default: false },
        rebuild: { type: "boolean", default: false },
        route: { type: "string", default: "auto" },
        help: { type: "boolean", default: false },
      },
    });
    if (!["auto", "vendor", "wheel"].includes(values.route)) {
      throw new Error(`--route must be auto, vendor or wheel, found ${values.route}`);
    }
    return values;
  } catch (error) {
    throw new NativeError(`${error.message.split("\n")[0]}; see npm run native -- --help.`);
  }
}

function findPackage(name) {
  try {
    return realpathSync(dirname(createRequire(appManifest).resolve(`${name}/package.json`)));
  } catch {
    throw new NativeError(
      `The package ${name} is not installed; run npm run native, which installs it first.`,
    );
  }
}

function refuseOtherSystems(target) {
  const glibc = process.report?.getReport().header.glibcVersionRuntime;
  if (process.platform !== "linux" || wheels[target] === undefined || glibc === undefined) {
    const found = `${process.platform} ${process.arch}${process.platform === "linux" && glibc === undefined ? " without glibc" : ""}`;
    throw new NativeError(
      `libtensorflow is provided for Linux with glibc on ${target.startsWith("gpu") ? "x64" : "x64 and arm64"}, found ${found}; use the engine wasm here.`,
    );
  }
}

async function build(entry, packageFolder, target, route) {
  const root = cacheRoot();
  let folder;
  try {
    folder = openBuildFolder(root);
  } catch (error) {
    throw cannotWrite(root, error);
  }
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
    process.on(signal, () => {
      endChildren();
      process.exit(code);
    });
  }
  try {
    findCompiler();
    findHeaders();
    const facts = await provideLibraries(folder, target, route);
    await buildAddon(folder, packageFolder);
    rmSync(join(folder, "include"), { recursive: true });
    await commitBuild(folder, entry, facts);
    tell(`kept in ${entry}`);
    return facts;
  } catch (error) {
    throw error instanceof NativeError || error.code === undefined ? error : cannotWrite(root, error);
  }
}

function cannotWrite(root, error) {
  return new NativeError(
    `The cache folder ${root} cannot be written (${error.code ?? error.message}); free space there or set LTU_CACHE to another folder.`,
  );
}

async function check(name) {
  const script = join(dirname(fileURLToPath(import.meta.url)), "native", "check.mjs");
  const { code, output } = await run(process.execPath, [script, name, appManifest]);
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (code !== 0 || line === undefined || !JSON.parse(line).right) {
    const why = output.split("\n").find((text) => /error|cannot/i.test(text)) ?? `exit code ${code}`;
    throw new NativeError(
      existsSync(join(findPackage(name), "lib"))
        ? `${name} is there but does not work (${why.trim().slice(0, 300)}); run npm run native -- --rebuild.`
        : `${name} has no libtensorflow yet; run npm run native${name.endsWith("gpu") ? " -- --gpu" : ""}.`,
    );
  }
  const found = JSON.parse(line);
  tell(
    `works: ${found.package}, libtensorflow ${found.libtensorflow}, Node ${found.node}, device ${found.device}`,
  );
  if (name === packages.gpu && found.device !== "gpu") {
    tell(
      "no device: the CUDA build loads, but finds no usable GPU on this machine, so the engine node-gpu stays off",
    );
  }
}

main().catch((error) => {
  if (error instanceof NativeError) {
    console.error(`native: ${error.message}`);
    process.exitCode = 2;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
});
