// The one entry of the root npm scripts. Needs nothing but Node and npm: installs the workspace with the pinned
// pnpm when that is due, then runs the asked command and hands its exit code and signals through.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { installWhenDue } from "./install.mjs";
import { pnpm, root } from "./pnpm.mjs";

const oldestNode = [20, 19];

/**
 * Commands of the app: script name -> first arguments of `apps/bench/src/main.ts`. `start` takes every command of the app
 * (`npm start -- tune ...`), and none is `run`.
 */
const appCommands = {
  start: [],
  golden: ["golden"],
  doctor: ["doctor"],
  report: ["report"],
  "bench:step": ["bench-step"],
  "audit:selftest": ["audit-selftest"],
};
/** Commands of the workspace: script name -> what to start with the user's arguments. */
const toolCommands = {
  test: (args) => node("tooling/test.mjs", args),
  check: (args) => node("tooling/test.mjs", ["--checks-only", ...args]),
  native: (args) => node("tooling/native.mjs", args),
  build: (args) => pnpm(["exec", "turbo", "run", "build", ...args]),
  release: (args) => node("tooling/release.mjs", args),
};

function node(script, args) {
  return { command: process.execPath, args: [script, ...args], shell: false };
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  fail(
    `LTU needs Node ${oldestNode.join(".")} or newer, and this is Node ${process.versions.node}: ` +
      "install a current Node (20, 22 or 24) and run the command again.",
  );
}

/** The folder in which the user typed the command: npm runs scripts in the root and tells the folder in INIT_CWD. */
function callersFolder() {
  const asked = process.env["INIT_CWD"];
  const here = process.cwd();
  const movedByNpm =
    process.env["npm_lifecycle_event"] !== undefined && realpathSync(here) === realpathSync(root);
  return movedByNpm && asked !== undefined && existsSync(asked) ? asked : here;
}

/** The processes above this one that stand for the user's command: npm and the shell npm runs a script with. */
function processesAbove() {
  if (process.env["npm_lifecycle_event"] === undefined) return [];
  const above = [process.ppid];
  const status = `/proc/${process.ppid}/status`;
  const grandparent = existsSync(status) ? /^PPid:\s*(\d+)/m.exec(readFileSync(status, "utf8")) : null;
  if (grandparent !== null && Number(grandparent[1]) > 1) above.push(Number(grandparent[1]));
  return above;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** A killed npm must not leave hours of training behind: ends `child` once a process above is gone. */
function endWithTheCommand(child) {
  const above = processesAbove();
  const watch = setInterval(() => {
    if (above.every(isAlive)) return;
    clearInterval(watch);
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
  }, 250);
  watch.unref();
}

/** Starts a command; the exit code and a deadly signal of the child become those of this process. */
function run({ command, args, shell }, { cwd, env }) {
  const child = spawn(command, args, { cwd, shell, env: { ...process.env, ...env }, stdio: "inherit" });
  // A Ctrl-C in a terminal reaches the child by itself and may arrive here as well, once more through npm;
  // a signal sent to npm alone arrives only here. So it is always handed on, and one-signal.mjs in the child
  // takes several copies of one signal for one.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  endWithTheCommand(child);
  child.on("error", (error) => fail(`Could not start ${args.join(" ")}: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

checkNode();
const [command, ...args] = process.argv.slice(2);
if (command === undefined || !(command in appCommands || command in toolCommands)) {
  const known = [...Object.keys(appCommands), ...Object.keys(toolCommands)].join(", ");
  fail(`bootstrap: expected a command (${known}), found ${command === undefined ? "none" : `"${command}"`}.`);
}
const notInstalled = installWhenDue();
if (notInstalled !== undefined) fail(notInstalled);
if (command in appCommands) {
  const tsx = createRequire(join(root, "package.json")).resolve("tsx");
  run(
    node("--conditions=@ltu/source", [
      "--import",
      pathToFileURL(join(root, "tooling", "one-signal.mjs")).href,
      "--import",
      pathToFileURL(tsx).href,
      join(root, "apps", "bench", "src", "main.ts"),
      ...appCommands[command],
      ...args,
    ]),
    {
      cwd: callersFolder(),
      env: { INIT_CWD: callersFolder(), TSX_TSCONFIG_PATH: join(root, "apps", "bench", "tsconfig.json") },
    },
  );
} else {
  run(toolCommands[command](args), { cwd: root, env: { TURBO_TELEMETRY_DISABLED: "1" } });
}
