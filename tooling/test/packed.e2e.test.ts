import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { exampleAsJavaScript, examplesOf, installLine } from "../doc-examples.ts";
import { pnpm } from "../pnpm.mjs";
import { repositoryRoot, workspacePackages, type Manifest } from "../workspace.ts";

/** The packages that stand alone for somebody who installs only that one. */
const named = ["meta-opt", "harmonize", "mia", "samplers", "baselines", "datasets"];

const published = workspacePackages(repositoryRoot).filter(({ manifest }) => manifest.private !== true);
const folder = mkdtempSync(join(tmpdir(), "ltu-packed-"));
const tarballs = join(folder, "tarballs");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly output: string;
}

/** The environment of a stranger's shell: what npm tells its scripts is left out, but for how to reach the registry. */
const strangersEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|pnpm_|NODE_OPTIONS$|VITEST|LTU_|INIT_CWD$|FORCE_COLOR$)/i.test(name) ||
      /^npm_config_(registry|cache|userconfig|globalconfig|https?_proxy|proxy|noproxy|cafile)$/i.test(name),
  ),
);

type Variables = Readonly<Record<string, string>>;

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  variables: Variables = {},
): Promise<Ended> {
  const options = { cwd, env: { ...strangersEnvironment, ...variables }, maxBuffer: 1 << 26 };
  try {
    const { stdout, stderr } = await promisify(execFile)(command, [...args], options);
    return { code: 0, stdout, output: stdout + stderr };
  } catch (error) {
    const { code, stdout = "", stderr = "", message } = error as Error & Partial<Ended> & { stderr?: string };
    return { code: typeof code === "number" ? code : 1, stdout, output: `${stdout}${stderr}\n${message}` };
  }
}

async function succeed(
  command: string,
  args: readonly string[],
  cwd: string,
  variables?: Variables,
): Promise<string> {
  const { code, stdout, output } = await run(command, args, cwd, variables);
  if (code !== 0) throw new Error(`${basename(command)} ${args.join(" ")} ended with ${code}:\n${output}`);
  return stdout;
}

async function runPnpm(args: string[], cwd: string = repositoryRoot): Promise<string> {
  const call = pnpm(args);
  return succeed(call.command, call.args, cwd);
}

const tool = (path: string): string => join(repositoryRoot, "node_modules", path);
const tarballOf = (short: string): string => join(tarballs, `ltu-${short}.tgz`);
/** What the tarball holds, unpacked once. */
const contentOf = (short: string): string => join(folder, "unpacked", short, "package");
const filesOf = (short: string): string[] =>
  readdirSync(contentOf(short), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(contentOf(short), join(entry.parentPath, entry.name)));

/** Own packages that `short` needs, itself first. */
function withDependencies(short: string, found: Set<string> = new Set()): Set<string> {
  found.add(short);
  const manifest = published.find((pack) => pack.short === short)?.manifest;
  for (const name of Object.keys(manifest?.dependencies ?? {})) {
    const next = name.startsWith("@ltu/") ? name.slice("@ltu/".length) : undefined;
    if (next !== undefined && !found.has(next)) withDependencies(next, found);
  }
  return found;
}

beforeAll(async () => {
  mkdirSync(tarballs);
  await runPnpm(["exec", "turbo", "run", "build", "--concurrency=2", "--output-logs=errors-only"]);
  for (const { short, id } of published) {
    await runPnpm(["pack", "--out", tarballOf(short)], join(repositoryRoot, id));
    const unpacked = dirname(contentOf(short));
    mkdirSync(unpacked, { recursive: true });
    await succeed("tar", ["-xzf", tarballOf(short), "-C", unpacked], folder);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each(published.map(({ short, manifest }) => ({ short, name: manifest.name })))(
  "$name, packed",
  ({ short }) => {
    it("passes publint and attw", async () => {
      const node = (script: string, ...args: string[]): Promise<Ended> =>
        run(process.execPath, [tool(script), tarballOf(short), ...args], folder);
      const [publint, attw] = await Promise.all([
        node("publint/src/cli.js", "--strict"),
        node("@arethetypeswrong/cli/dist/index.js", "--profile", "esm-only"),
      ]);
      expect(publint.output).toContain("All good!");
      expect(attw.code, attw.output).toBe(0);
    });

    it("holds what its exports name, its README and licence, and no tests", () => {
      const files = filesOf(short);
      const manifest = JSON.parse(
        readFileSync(join(contentOf(short), "package.json"), "utf8"),
      ) as Manifest & {
        readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
      };
      const targets = Object.values(manifest.exports).flatMap((entry) =>
        typeof entry === "string" ? [entry] : Object.values(entry),
      );
      for (const target of targets) {
        // A pattern (`./backends/*`) names at least one file.
        const [start = "", end = ""] = target.replace("./", "").split("*");
        const named = (file: string): boolean =>
          target.includes("*") ? file.startsWith(start) && file.endsWith(end) : file === start;
        expect(files.some(named), `${target} is in the tarball`).toBe(true);
      }
      expect(files).toContain("README.md");
      expect(files).toContain("LICENSE");
      expect(files.filter((file) => /(^|\/)test\//.test(file))).toEqual([]);
      const ranges = Object.values({ ...manifest.dependencies, ...manifest.peerDependencies });
      expect(ranges.filter((range) => /^(workspace|catalog|file|link):/.test(range))).toEqual([]);
    });

    it("names built files and packages alone, never a source file", () => {
      const built = filesOf(short).filter((path) => /^dist\/.*\.(js|d\.ts)$/.test(path));
      expect(built.length).toBeGreaterThan(1);
      for (const file of built) {
        const text = readFileSync(join(contentOf(short), file), "utf8");
        const specifiers = [...text.matchAll(/(?:from|import) ?\(?["']([^"'\n]+)["']/g)].map(
          (match) => match[1] ?? "",
        );
        expect(
          specifiers.filter((specifier) => /\.ts$|\/src\/|node_modules/.test(specifier)),
          file,
        ).toEqual([]);
      }
    });
  },
);

describe("a stranger's empty folder", () => {
  it.each(named)("runs the README examples of @ltu/%s", async (short) => {
    const home = join(folder, `stranger-${short}`);
    mkdirSync(home);
    const readmePath = `packages/${short}/README.md`;
    const readme = readFileSync(join(repositoryRoot, readmePath), "utf8");
    const examples = examplesOf(readmePath, readme).filter(({ notRun }) => notRun === undefined);
    expect(examples).not.toEqual([]);
    const asked = installLine(readme);
    expect(asked, "the README says how to install the package").toContain(`@ltu/${short}`);
    const own = new Set(
      asked
        .filter((name) => name.startsWith("@ltu/"))
        .flatMap((name) => [...withDependencies(name.slice(5))]),
    );
    const others = asked
      .filter((name) => !name.startsWith("@ltu/"))
      .map((name) => (name.startsWith("@tensorflow/") ? `${name}@4.22.0` : name));

    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true }));
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    await succeed("npm", ["install", ...quiet, ...[...own].map(tarballOf), ...others], home);
    // What an example writes to the folder for temporary files goes with the stranger's.
    const scratch = { TMPDIR: home, TEMP: home, TMP: home };
    for (const { code, line, expected } of examples) {
      writeFileSync(join(home, "example.mjs"), exampleAsJavaScript(code));
      const printed = await succeed(process.execPath, ["example.mjs"], home, scratch);
      const lines = printed.trimEnd().split("\n");
      expect(
        lines.map((text) => text.trimEnd()),
        `line ${line}`,
      ).toEqual(expected);
    }
  });
});

describe("a release", () => {
  it("takes versions and changelogs from the changesets", async () => {
    const copy = join(folder, "release");
    const files = ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ".changeset", ".prettierrc"];
    for (const file of files) cpSync(join(repositoryRoot, file), join(copy, file), { recursive: true });
    for (const { id } of workspacePackages(repositoryRoot)) {
      mkdirSync(join(copy, id), { recursive: true });
      cpSync(join(repositoryRoot, id, "package.json"), join(copy, id, "package.json"));
    }
    const git = (...args: string[]): Promise<string> => succeed("git", args, copy);
    await git("init", "-q", "-b", "main");
    await git("add", ".");
    await git("-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "Start");
    const changeset = [tool("@changesets/cli/bin.js")];
    const waiting = readdirSync(join(copy, ".changeset")).filter((name) => name.endsWith(".md"));

    await succeed(process.execPath, [...changeset, "status"], copy);
    await succeed(process.execPath, [...changeset, "version"], copy);

    expect(
      readdirSync(join(copy, ".changeset")).filter((name) => name.endsWith(".md") && waiting.includes(name)),
    ).toEqual([]);
    const before = workspacePackages(repositoryRoot);
    const after = workspacePackages(copy);
    for (const { id, manifest } of after) {
      const old = before.find((pack) => pack.id === id)?.manifest.version;
      if (manifest.private === true) expect(manifest.version, id).toBe(old);
      else if (waiting.length > 0)
        expect(readFileSync(join(copy, id, "CHANGELOG.md"), "utf8")).toContain(`## ${manifest.version}`);
    }
  });
});
