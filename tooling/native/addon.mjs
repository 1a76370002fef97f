import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { NativeError, tell } from "./tell.mjs";
import { findCompiler, findHeaders, run } from "./tools.mjs";

/** Node-API versions are additive and stable, so one build serves Node 20, 22 and 24. */
export const napiVersion = 8;

/**
 * Compiles the addon of `packageFolder` into `folder`/lib. It is two source files, and what its binding.gyp says
 * about them fits one command, so neither node-gyp nor make nor a header download is needed.
 */
export async function buildAddon(folder, packageFolder) {
  const compiler = findCompiler();
  const headers = findHeaders();
  const output = join(folder, "lib", `napi-v${napiVersion}`);
  mkdirSync(output, { recursive: true });
  tell(`building the addon with ${compiler}`);
  const defines = [
    `NAPI_VERSION=${napiVersion}`,
    "BUILDING_NODE_EXTENSION",
    "NODE_GYP_MODULE_NAME=tfjs_binding",
  ];
  const { code, output: text } = await run(
    compiler,
    [
      "-std=c++17 -O2 -fPIC -shared".split(" "),
      defines.map((define) => `-D${define}`),
      ["-I", join(folder, "include"), "-I", headers],
      ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(packageFolder, "binding", name)),
      ["-o", join(output, "tfjs_binding.node"), `-L${join(folder, "deps", "lib")}`],
      ["-Wl,-rpath,$ORIGIN/../../deps/lib", "-ltensorflow", "-ltensorflow_framework"],
    ].flat(),
  );
  if (code !== 0) {
    const firstError =
      text.split("\n").find((line) => line.includes("error")) ?? text.trim().split("\n").at(-1);
    throw new NativeError(
      `The addon does not compile with ${compiler} (${firstError?.trim().slice(0, 300)}); install the Debian packages g++ and libc6-dev.`,
    );
  }
}
