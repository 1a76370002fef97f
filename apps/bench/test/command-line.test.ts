import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Command, Option } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { runCommandLine } from "../src/command-line.ts";
import { buildProgram } from "../src/program.ts";
import { tinyExperiment } from "./run-bench.ts";

const commands = buildProgram().commands;
const program = buildProgram();

let folder = "";
const callersFolder = process.env["INIT_CWD"];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ltu-command-line-"));
  process.env["INIT_CWD"] = folder;
  writeFileSync(join(folder, "file"), "");
  writeFileSync(join(folder, "broken.json"), "{");
  writeFileSync(join(folder, "null.json"), "null");
  writeFileSync(join(folder, "list.json"), "[]");
  writeFileSync(join(folder, "tiny.json"), JSON.stringify(tinyExperiment));
});
afterAll(() => {
  if (callersFolder === undefined) delete process.env["INIT_CWD"];
  else process.env["INIT_CWD"] = callersFolder;
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the app in this process and expects exit code 2, one sentence, and a folder that is as it was. */
async function refuses(args: readonly string[], pattern: RegExp): Promise<void> {
  const before = readdirSync(folder);
  const told: string[] = [];
  const code = await runCommandLine(args, (text) => told.push(text));
  expect(told.join(""), args.join(" ")).toMatch(pattern);
  expect(told.join("").trimEnd().split("\n"), args.join(" ")).toHaveLength(1);
  expect(code, args.join(" ")).toBe(2);
  expect(readdirSync(folder)).toEqual(before);
}

/** The arguments a command cannot do without, with values that are right as far as the command line knows. */
function needed(command: Command): string[] {
  const required = command.options
    .filter(({ mandatory }) => mandatory)
    .flatMap(({ long }) => [long as string, "value"]);
  // `run` would start its default experiment.
  const experiment = command.name() === "run" ? ["--experiment", "value"] : [];
  const words = command.registeredArguments.filter((each) => each.required).map(() => "value");
  return [...words, ...required, ...experiment];
}

const withValue = commands.flatMap((command) =>
  command.options
    .filter(({ required }) => required)
    .map((option): [string, string, Command, Option] => [
      command.name(),
      option.long as string,
      command,
      option,
    ]),
);

describe("every command", () => {
  it.each(withValue)("%s refuses an empty %s before any work", async (name, long, command) => {
    const rest = needed(command);
    await refuses([name, ...rest, long, ""], new RegExp(`${long}.*(must|expected)`));
    await refuses([name, ...rest, long], new RegExp(`${long}.*argument missing`));
  });

  it.each(withValue.filter(([, , , { flags }]) => /<(n|list|percent)>/.test(flags)))(
    "%s takes nothing but whole numbers for %s",
    async (name, long, command) => {
      for (const value of ["abc", "-1", "1.5", "1e3", "0x10", "99999999999999999999"])
        await refuses([name, ...needed(command), `${long}=${value}`], new RegExp(`${long}.*whole number`));
    },
  );

  it.each(commands.map((command): [string, Command] => [command.name(), command]))(
    "%s names an unknown option, and words that it does not take",
    async (name, command) => {
      const rest = needed(command);
      await refuses([name, ...rest, "--frobnicate"], /unknown option '--frobnicate'/);
      const all = command.registeredArguments.map(() => "value");
      await refuses([name, ...all, "more", ...rest.slice(all.length)], /too many arguments|Expected/);
    },
  );

  it.each(
    commands
      .filter(({ registeredArguments }) => registeredArguments.length > 0)
      .map((command): [string, Command] => [command.name(), command]),
  )("%s refuses an empty argument", async (name, command) => {
    const rest = needed(command).slice(command.registeredArguments.filter(({ required }) => required).length);
    await refuses([name, "", ...rest], /argument.*must not be empty/);
  });
});

describe("the command line", () => {
  it("names the command that was meant", async () => {
    await refuses(["tunr"], /expected a command out of run, .*found "tunr"; did you mean "tune"\?/);
    await refuses([""], /expected a command out of/);
    await refuses(["help", "goldn"], /found "goldn"; did you mean "golden"\?/);
  });

  it("knows every command that the documentation names", () => {
    const names = program.commands.map((command) => command.name());
    const documents = ["../../../README.md", "../README.md"].map((path) =>
      readFileSync(new URL(path, import.meta.url), "utf8"),
    );
    const named = documents.flatMap((text) => [...text.matchAll(/npm start -- ([a-z][a-z-]*)/g)]);
    expect(named.length).toBeGreaterThan(5);
    for (const [, name] of named) expect(names).toContain(name);
  });
});

describe("files and folders", () => {
  const missing = "missing.json";

  it.each([["run", "--experiment"], ["tune", "--method=finetune"], ["schedule"], ["trials"]])(
    "that are no experiment are told by %s",
    async (name, ...rest) => {
      for (const [file, pattern] of [
        [missing, /missing\.json cannot be read \(ENOENT\)/],
        ["./", /cannot be read \(EISDIR\)/],
        ["broken.json", /broken\.json is not valid JSON/],
        ["null.json", /null\.json: the whole of it is not valid/],
        ["list.json", /list\.json: the whole of it is not valid/],
      ] as const)
        await refuses([name, ...rest, file], pattern);
    },
  );

  it.each(["choose", "report", "reproduce"])("that are no result are told by %s", async (name) => {
    for (const file of [missing, "./", "broken.json", "null.json", "tiny.json"])
      await refuses([name, file], new RegExp(`^${name}: .*; [a-z]`));
  });

  it("that cannot hold data, readings or golden vectors are told", async () => {
    await refuses(
      ["doctor", "--data", "missing"],
      /--data: expected the folder .*found nothing at .*missing/,
    );
    await refuses(["doctor", "--data", "file"], /--data: expected the folder .*found a file at .*file/);
    await refuses(["trials", "table-search", "--trials", "file"], /trials: expected a folder .*ENOTDIR/);
    await refuses(["trials", "table-search", "--add", missing], /missing\.json cannot be read/);
    await refuses(["golden", "missing", "--engine", "cpu"], /golden: .*missing must hold/);
    expect(existsSync(join(folder, "missing"))).toBe(false);
  });

  it("of a data set that is not there are told of LTU_DATA as well", async () => {
    const before = process.env["LTU_DATA"];
    process.env["LTU_DATA"] = "missing";
    try {
      await refuses(["doctor"], /LTU_DATA: expected the folder .*found nothing at .*missing/);
    } finally {
      if (before === undefined) delete process.env["LTU_DATA"];
      else process.env["LTU_DATA"] = before;
    }
  });
});

describe("engines", () => {
  it("are told apart by name, also where nothing is run", async () => {
    await refuses(["trials", "table-search", "--engine", "wsm"], /--engine.*"wsm"; did you mean "wasm"\?/);
    await refuses(["doctor", "--engine", "nothing"], /--engine: expected one of .*found "nothing"/);
  });

  it("without threads to choose refuse a number of them", async () => {
    await refuses(
      ["bench-step", "--engine", "cpu", "--model", "mlp", "--threads", "2"],
      /--threads: expected the engine wasm or native, .*found cpu/,
    );
  });
});

describe("sizes", () => {
  const tiny = ["run", "--experiment", "tiny.json", "--engine", "cpu", "--out", "out"];
  const run = (override: string): string[] => [...tiny, "--set", override];

  it("that no memory holds are told in one sentence", async () => {
    await refuses(run("data.train=1000000000000"), /^ltu: expected .* that fit into memory, found .*array/);
  });

  it("too small for what is asked are refused before anything is trained", async () => {
    await refuses(run("data.test=19"), /audit\.evaluators need at least 20 test images.*data\.test 19/);
    await refuses(
      run("data.options.classes=201"),
      /classes must be at most data\.train.*201 classes and 200/,
    );
  });

  it("and folders that cannot be made are told before anything is fetched", async () => {
    const args = ["run", "--experiment", "cifar10-small", "--engine", "cpu", "--download", "--data"];
    await refuses([...args, "/proc/ltu/data"], /\/proc\/ltu\/data cannot be made/);
    await refuses([...args, "file/data"], /file\/data cannot be made|found nothing at/);
  });
});

describe("report", () => {
  it("makes a page or a document, not both", async () => {
    await refuses(["report", "x.json", "--out", "a.html", "--docs", "a.md"], /found both/);
  });
});
