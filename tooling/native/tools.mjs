import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { NativeError } from "./tell.mjs";

const children = new Set();

/** Ends the programs that still run, when the user interrupts. */
export function endChildren() {
  for (const child of children) child.kill();
}

/** Runs a program to its end; resolves with its exit code and what it printed. `onTick` is called every two seconds. */
export function run(command, args, { cwd, env, onTick } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    children.add(child);
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    const timer = setInterval(() => onTick?.(), 2000);
    child.on("error", (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.on("close", (code) => {
      children.delete(child);
      clearInterval(timer);
      resolve({ code: code ?? 1, output });
    });
  });
}

function works(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** Python 3 with pip, or one sentence that names the Debian package that is missing. */
export function findPython() {
  const python = [process.env.PYTHON, "python3", "python"].find(
    (name) => name && works(name, ["-c", "import sys; sys.exit(sys.version_info < (3, 7))"]),
  );
  if (python === undefined) {
    throw new NativeError(
      "Python 3 is needed to fetch the TensorFlow wheel, and no python3 was found; install the Debian package python3.",
    );
  }
  if (!works(python, ["-m", "pip", "--version"])) {
    throw new NativeError(
      `pip is needed to fetch the TensorFlow wheel, and ${python} has none; install the Debian package python3-pip.`,
    );
  }
  return python;
}

/** A C++ compiler, or one sentence that names the Debian package. */
export function findCompiler() {
  const compiler = [process.env.CXX, "g++", "c++", "clang++"].find(
    (name) => name && works(name, ["--version"]),
  );
  if (compiler === undefined) {
    throw new NativeError(
      "A C++ compiler is needed to build the addon, and neither g++ nor clang++ was found; install the Debian package g++.",
    );
  }
  return compiler;
}

/** The folder of `node_api.h` that came with this Node. Nothing is downloaded for it. */
export function findHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const folders = [
    process.env.npm_config_nodedir && join(process.env.npm_config_nodedir, "include", "node"),
    join(prefix, "include", "node"),
    "/usr/include/node",
    "/usr/include/nodejs/src",
  ].filter(Boolean);
  const found = folders.find((folder) => existsSync(join(folder, "node_api.h")));
  if (found === undefined) {
    throw new NativeError(
      `Node's headers are needed to build the addon, and this Node (${process.execPath}) ships none; install the Debian package libnode-dev or use a Node from nodejs.org.`,
    );
  }
  return found;
}
