import { spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { installKey, stampOf } from "../install.mjs";
import { repositoryRoot } from "../workspace.ts";

/** A small tree with the real bootstrap and an app that says what it got, as if it had been installed. */
const tree = realpathSync(mkdtempSync(join(tmpdir(), "ltu-bootstrap-")));
const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "ltu-elsewhere-")));

const app = `
process.on("SIGINT", () => {
  console.log("stopping");
  setTimeout(() => process.exit(7), 600);
});
console.log("ready", process.pid, process.cwd(), process.argv.slice(2).join(" "));
if (process.argv.includes("--end")) process.exit(5);
setInterval(() => {}, 1000);
`;

beforeAll(() => {
  for (const file of ["bootstrap.mjs", "install.mjs", "one-signal.mjs", "pnpm.mjs"]) {
    cpSync(join(repositoryRoot, "tooling", file), join(tree, "tooling", file));
  }
  const scripts = { start: "node tooling/bootstrap.mjs start" };
  const { packageManager } = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")) as {
    packageManager: string;
  };
  writeFileSync(
    join(tree, "package.json"),
    JSON.stringify({ private: true, type: "module", packageManager, scripts }),
  );
  mkdirSync(join(tree, "apps/bench/src"), { recursive: true });
  writeFileSync(join(tree, "apps/bench/package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(tree, "apps/bench/tsconfig.json"), "{}");
  writeFileSync(join(tree, "apps/bench/src/main.ts"), app);
  mkdirSync(join(tree, "node_modules"));
  symlinkSync(realpathSync(join(repositoryRoot, "node_modules/tsx")), join(tree, "node_modules/tsx"));
  writeFileSync(stampOf(tree), installKey(tree));
});

afterAll(() => {
  rmSync(tree, { recursive: true, force: true });
  rmSync(elsewhere, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Without what it wrote to standard error. */
  readonly stdout: () => string;
  readonly until: (text: string) => Promise<void>;
  readonly ended: Promise<number | string | null>;
}

/** Starts a command in a process group of its own, as a terminal does. */
function start(command: string, args: readonly string[], cwd: string = tree): Started {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD|NODE_OPTIONS|VITEST)/.test(name)),
  );
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let printed = "";
  child.stdout.on("data", (chunk) => {
    text += String(chunk);
    printed += String(chunk);
  });
  child.stderr.on("data", (chunk) => (text += String(chunk)));
  const ended = new Promise<number | string | null>((done) => {
    // What it wrote may be read after it is gone; a process that it left behind may keep its streams open.
    child.on("close", (code, signal) => {
      done(code ?? signal);
    });
    child.on("exit", (code, signal) => {
      setTimeout(() => {
        done(code ?? signal);
      }, 2000);
    });
  });
  const until = async (wanted: string): Promise<void> => {
    for (let i = 0; i < 6000 && !text.includes(wanted); i++) await pause(100);
    if (!text.includes(wanted)) throw new Error(`waited for "${wanted}", found:\n${text}`);
  };
  return { child, output: () => text, stdout: () => printed, until, ended };
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const bootstrap = ["tooling/bootstrap.mjs"];

function signal(child: ChildProcess, name: NodeJS.Signals, group: boolean): void {
  if (child.pid !== undefined) process.kill(group ? -child.pid : child.pid, name);
}

describe("bootstrap", () => {
  it("hands arguments on and the app's exit code back", async () => {
    const { ended, output } = start(process.execPath, [...bootstrap, "start", "--end", "--seed", "1"]);
    expect(await ended).toBe(5);
    expect(output()).toMatch(/^ready \d+ \S+ --end --seed 1$/m);
  });

  it("hands a command of the app on as it was typed, and puts that of a script of its own before the rest", async () => {
    const tune = start(process.execPath, [...bootstrap, "start", "tune", "quick", "--end"]);
    expect(await tune.ended).toBe(5);
    expect(tune.output()).toMatch(/^ready \d+ \S+ tune quick --end$/m);
    const step = start(process.execPath, [...bootstrap, "bench:step", "--end"]);
    expect(await step.ended).toBe(5);
    expect(step.output()).toMatch(/^ready \d+ \S+ bench-step --end$/m);
  });

  it("runs the app in the folder where npm was called", async () => {
    const { ended, output } = start("npm", ["--prefix", tree, "start", "--", "--end"], elsewhere);
    expect(await ended).toBe(5);
    expect(output()).toContain(` ${elsewhere} --end`);
  });

  it.each([
    ["in a terminal, where the app hears it as well", true],
    ["sent to it alone", false],
  ])("lets the app end by itself after one Ctrl-C %s", async (_how, group) => {
    const { child, ended, output, until } = start(process.execPath, [...bootstrap, "start"]);
    await until("ready");
    signal(child, "SIGINT", group);
    expect(await ended).toBe(7);
    expect(output().match(/stopping/g)).toHaveLength(1);
  });

  it("leaves nothing running when npm is killed", async () => {
    const { child, ended, output, until } = start("npm", ["start"]);
    await until("ready");
    const pid = Number(/ready (\d+)/.exec(output())?.[1]);
    signal(child, "SIGKILL", false);
    await ended;
    const alive = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 1200 && alive(); i++) await pause(100);
    expect(alive()).toBe(false);
  });

  it("says in one sentence that Node is too old", async () => {
    const old =
      'data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } })';
    const { ended, output } = start(process.execPath, ["--import", old, ...bootstrap, "start"]);
    expect(await ended).toBe(2);
    expect(output()).toMatch(/^LTU needs Node 20\.19 or newer, and this is Node 18\.20\.4: .*\n$/);
  });

  it("refuses an unknown command", async () => {
    const { ended, output } = start(process.execPath, [...bootstrap, "strat"]);
    expect(await ended).toBe(2);
    expect(output()).toContain('found "strat"');
  });
});

describe("npm test", () => {
  it("fails when no test ran", async () => {
    const args = ["tooling/test.mjs", "a-name-that-no-test-has"];
    const { ended, stdout } = start(process.execPath, args, repositoryRoot);
    expect(await ended).toBe(1);
    // Its two streams are read in any order.
    expect(stdout().trimEnd().split("\n").at(-1)).toBe("0 passed, 1 failed");
  });

  it.each([
    [["--coverage"], /^test: expected words of paths of unit tests, found "--coverage"; leave it out\.\n$/],
    [["--checks-only", "lint"], /^test: expected no arguments, found "lint"; leave it out\.\n$/],
  ])("refuses what it would not heed: %j", async (args, pattern) => {
    const { ended, output } = start(process.execPath, ["tooling/test.mjs", ...args], repositoryRoot);
    expect(await ended).toBe(2);
    expect(output()).toMatch(pattern);
  });
});
