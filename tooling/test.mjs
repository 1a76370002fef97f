// `npm test`: every check and every test, one after the other, with a summary. A failing step does not stop the next.
//   npm test                     everything
//   npm test -- harmonize        only the unit tests whose path matches
//   npm run check                only the checks (format, lint, types, layers, style, docs)
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { countVitest, summary, total } from "./test-results.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = mkdtempSync(join(tmpdir(), "ltu-test-"));
// Without a terminal the last lines must be plain text.
if (!process.stdout.isTTY) process.env["NO_COLOR"] ??= "1";
const bin = (path) => join(root, "node_modules", path);
const fromSource = ["--conditions=@ltu/source", "--import", "tsx"];

/** Runs Node in the root; resolves to exit code and, when `quiet`, what it wrote. */
function node(args, { quiet = false, env = {} } = {}) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += String(chunk)));
    child.stderr?.on("data", (chunk) => (output += String(chunk)));
    child.on("error", (error) => done({ code: 1, output: error.message }));
    child.on("close", (code) => done({ code: code ?? 1, output }));
  });
}

async function timed(name, run) {
  const start = performance.now();
  const counts = await run();
  return { name, skipped: 0, ...counts, wallMs: performance.now() - start };
}

const checks = [
  { name: "format", args: [bin("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."] },
  { name: "lint", args: [bin("oxlint/bin/oxlint"), "--type-aware", "--deny-warnings"] },
  { name: "types", args: [bin("typescript/bin/tsc"), "--noEmit", "--project", "tsconfig.json"] },
  { name: "layers", args: ["--import", "tsx", "tooling/check-layers.ts"] },
  { name: "style", args: ["--import", "tsx", "tooling/check-style.ts"] },
  { name: "docs", args: ["--import", "tsx", "tooling/check-docs.ts"] },
];

/** Runs the checks, two at a time, and prints what a failing one said. */
async function runChecks() {
  const waiting = [...checks];
  const done = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { name, args } = next;
      done.push(
        await timed(`check ${name}`, async () => {
          const { code, output } = await node(args, { quiet: true });
          if (code !== 0) process.stdout.write(`--- check ${name} failed\n${output}\n`);
          return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
        }),
      );
    }
  };
  await Promise.all([worker(), worker()]);
  return done;
}

async function runVitest(project, { filters = [], env } = {}) {
  const file = join(reports, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  process.stdout.write(`--- tests: ${project}\n`);
  return timed(`tests ${project}`, async () => {
    const { code } = await node(
      [bin("vitest/vitest.mjs"), "run", "--project", project, ...reporters, ...filters],
      {
        env,
      },
    );
    return countVitest(readReport(file), code);
  });
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

async function runGolden(engine) {
  process.stdout.write(`--- golden vectors on ${engine}\n`);
  return timed(`golden ${engine}`, async () => {
    const { code } = await node(["tooling/bootstrap.mjs", "golden", "golden", "--engine", engine]);
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  });
}

/** Why the native engine cannot start here; undefined when it can. */
async function nativeProblem() {
  const engine = pathToFileURL(join(root, "packages", "engine", "src", "index.ts")).href;
  const script =
    `const { resolveEngine } = await import(${JSON.stringify(engine)});` +
    'await resolveEngine({ require: "native" }).catch((error) => { console.error(error.message); process.exit(1); });';
  const { code, output } = await node([...fromSource, "--input-type=module", "--eval", script], {
    quiet: true,
  });
  return code === 0 ? undefined : output.trim().split("\n")[0] || `code ${code}`;
}

const args = process.argv.slice(2);
const checksOnly = args[0] === "--checks-only";
const filters = checksOnly ? args.slice(1) : args;
const wrong = checksOnly ? filters[0] : filters.find((filter) => filter.startsWith("-") || filter === "");
if (wrong !== undefined) {
  const expected = checksOnly ? "no arguments" : "words of paths of unit tests";
  process.stderr.write(`test: expected ${expected}, found "${wrong}"; leave it out.\n`);
  rmSync(reports, { recursive: true, force: true });
  process.exit(2);
}
const steps = [];
if (filters.length > 0) {
  steps.push(await runVitest("unit", { filters }));
} else {
  steps.push(...(await runChecks()));
  if (!checksOnly) {
    const problem = await nativeProblem();
    const native = problem === undefined;
    const env = native ? { LTU_TEST_NATIVE: "1" } : { LTU_TEST_NATIVE: "" };
    steps.push(await runVitest("unit"), await runVitest("wasm"));
    if (native) steps.push(await runVitest("native", { env }));
    steps.push(await runVitest("docs"));
    for (const engine of native ? ["wasm", "native"] : ["wasm"]) steps.push(await runGolden(engine));
    steps.push(await runVitest("e2e", { env }));
    if (!native) {
      const line = "!".repeat(100);
      process.stdout.write(
        `\n${line}\nTHE NATIVE ENGINE WAS NOT TESTED: ${problem}\n\`npm run native\` provides it.\n${line}\n`,
      );
    }
  }
}
rmSync(reports, { recursive: true, force: true });
process.stdout.write(`\n${summary(steps)}\n`);
process.exitCode = total(steps).failed > 0 ? 1 : 0;
