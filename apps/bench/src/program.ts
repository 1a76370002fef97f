import { resolve } from "node:path";

import { Command, Option } from "commander";

import { repeated, someText, wholeNumber, wholeNumbers } from "./typed-values.ts";

/** Folders that a user types are relative to where npm was called, not to the repository. */
const path = (text: string): string => resolve(process.env["INIT_CWD"] ?? process.cwd(), someText(text));

/** Where a run's engine comes from. */
function onEngine(command: Command): Command {
  return command
    .option(
      "--engine <name>",
      "node-gpu, native, webgpu, wasm or cpu (default: LTU_ENGINE, else the best that works)",
      someText,
    )
    .option("--threads <n>", "threads of the engine (default: all cores)", wholeNumber({ least: 1 }));
}

/** An option that lists whole numbers, whose default the help shows as it would be typed. */
function listed(
  flags: string,
  description: string,
  { least = 0, usual }: { readonly least?: number; readonly usual: readonly number[] },
): Option {
  return new Option(flags, description).argParser(wholeNumbers({ least })).default(usual, usual.join(","));
}

/** Where finished stages are kept. */
function onStore(command: Command): Command {
  return command.option(
    "--store <folder>",
    "where finished stages are kept (default: inside --out, else runs/store)",
    path,
  );
}

/** What every command that trains on an experiment's data can be told. */
function onExperiment(command: Command, keysOf = "experiment"): Command {
  command
    .option("--data <folder>", "folder of real data (default: LTU_DATA)", path)
    .option("--download", "fetch CIFAR-10 into the data folder when it is missing")
    .option("--skip-broken", "leave out pictures that do not decode, and say which")
    .option("--set <key=value>", `override one key of the ${keysOf}; may be repeated`, repeated(someText));
  return onStore(onEngine(command));
}

/**
 * Every command and option of the app. A command is loaded when it is asked for: a golden run needs no plots, a help text
 * no engine.
 */
export function buildProgram(): Command {
  const program = new Command("ltu-bench")
    .description(
      "Train a model, let it forget, and compare it with one retrained without the forgotten images.",
    )
    .addHelpText("after", "\nWithout a command it is run, whose options `run --help` lists.")
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showHelpAfterError(false);

  onExperiment(
    program
      .command("run", { isDefault: true })
      .description("run an experiment and write result.json and report.html")
      .option(
        "--experiment <name|file>",
        "an experiment of this repository, or a JSON file",
        someText,
        "quick",
      )
      .option("--seed <n>", "seed of every random choice (default: the experiment's)", wholeNumber())
      .option(
        "--allow-shared-evaluator",
        "compute evaluators that share with the feedback of a row, and mark them in every report",
      )
      .option(
        "--out <folder>",
        "where result.json and report.html go (default: runs/<experiment>-seed<n>-<engine>)",
        path,
      )
      .option(
        "--trials <folder>",
        "where finished trials are kept as text, to go on from (default: docs/results/trials/<name> for a search or study of the repository)",
        path,
      ),
  ).action(async (options) => (await import("./run-command.ts")).runCommand(options));

  onExperiment(
    program
      .command("tune")
      .description("search a method's options on pilot seeds and validation images, and write search.json")
      .argument("<experiment>", "an experiment of this repository, or a JSON file", someText)
      .requiredOption("--method <name>", "method to search; may be repeated", repeated(someText))
      .option("--configs <n>", "configurations of each method", wholeNumber({ least: 1 }), 12)
      .addOption(listed("--seeds <list>", "pilot seeds, none of which is reported on", { usual: [101, 102] }))
      .option("--out <folder>", "where search.json goes (default: runs/<experiment>-tune-<engine>)", path)
      .option(
        "--trials <folder>",
        "where finished trials are kept as text, to go on from (default: nowhere)",
        path,
      ),
  ).action(async (experiment, options) =>
    (await import("./search/tune-command.ts")).tuneCommand(experiment, options),
  );

  program
    .command("trials")
    .description(
      "say which trials of a search are kept, and take in those of finished searches; runs nothing",
    )
    .argument("<search>", "a search of this repository, or a JSON file", someText)
    .option(
      "--add <file>",
      "a search.json, or a tune.json of earlier versions; may be repeated",
      repeated(path),
    )
    .option("--engine <name>", "engine whose trials are counted", someText, "native")
    .option(
      "--trials <folder>",
      "where finished trials are kept (default: docs/results/trials/<name> for a search of the repository)",
      path,
    )
    .action(async (search, options) =>
      (await import("./search/trials-command.ts")).trialsCommand(search, options),
    );

  onExperiment(
    program
      .command("schedule")
      .description(
        "find the fewest epochs whose retrained model reaches a retain accuracy, and write schedule.json",
      )
      .argument("<experiment>", "an experiment of this repository, or a JSON file", someText)
      .option(
        "--reach <percent>",
        "mean RA to reach, from 1 to 100",
        wholeNumber({ least: 1, most: 100 }),
        98,
      )
      .addOption(
        listed("--epochs <list>", "lengths to try, from the shortest on", {
          least: 1,
          usual: [10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 130, 160, 200],
        }),
      )
      .addOption(listed("--seeds <list>", "pilot seeds", { usual: [101, 102] }))
      .option(
        "--out <folder>",
        "where schedule.json goes (default: runs/<experiment>-schedule-<engine>)",
        path,
      ),
  ).action(async (experiment, options) =>
    (await import("./search/schedule-command.ts")).scheduleCommand(experiment, options),
  );

  program
    .command("choose")
    .description("write what a finished search chose to the file that tables take their options from")
    .argument("<search.json>", "the search.json of a finished search", path)
    .action(async (search) => (await import("./search/choose-command.ts")).chooseCommand(search));

  onExperiment(
    program
      .command("reproduce")
      .description("run a stored table again and fail when a number leaves its interval")
      .argument("<study>", "the name of a study in docs/results, or a study.json", someText)
      .option("--seeds <list>", "other or fewer seeds, with intervals that are wider for it", wholeNumbers())
      .option("--out <folder>", "where study.json goes (default: runs/<study>-again)", path)
      .option("--trials <folder>", "where its finished readings are kept as text, to go on from", path),
    "study",
  ).action(async (study, options) =>
    (await import("./study/reproduce-command.ts")).reproduceCommand(study, options),
  );

  onStore(
    onEngine(
      program
        .command("audit-selftest")
        .description("let the audit judge two models whose right answer is known; fails where it errs")
        .option("--out <folder>", "where result.json goes (default: runs/audit-selftest-<engine>)", path),
    ),
  ).action(async (options) => (await import("./selftest/selftest-command.ts")).selftestCommand(options));

  program
    .command("golden")
    .description("run the golden vectors of a folder")
    .argument("[folder]", "folder of golden files", path, path("golden"))
    .option("--engine <name>", "engine to run on (default: LTU_ENGINE, else the best that works)", someText)
    .action(async (folder, options) =>
      (await import("./golden/golden-command.ts")).goldenCommand(folder, options),
    );

  program
    .command("doctor")
    .description("say what this machine can do, and what would make it faster")
    .option("--json", "print JSON")
    .option("--data <folder>", "folder of real data (default: LTU_DATA)", path)
    .option("--engine <name>", "engine to examine (default: LTU_ENGINE, else the best that works)", someText)
    .action(async (options) => (await import("./doctor.ts")).doctorCommand(options));

  program
    .command("report")
    .description("make report.html again from a result.json or study.json")
    .argument("<result>", "a result.json", path)
    .option("--out <file>", "the page to write (default: report.html beside the result)", path)
    .option(
      "--docs <file>",
      "put the numbers of a study into this Markdown file, its figures beside it, instead of a page",
      path,
    )
    .action(async (result, options) => (await import("./report-command.ts")).reportCommand(result, options));

  program
    .command("bench-step")
    .description("measure whole training steps and print JSON")
    .option("--engine <name>", "engine to measure (default: LTU_ENGINE, else the best that works)", someText)
    .option("--model <name>", "model to train", someText, "resnet20")
    .option("--batch <n>", "images a step", wholeNumber({ least: 2, most: 2 ** 16 }), 256)
    .option("--threads <n>", "threads of the engine (default: all cores)", wholeNumber({ least: 1 }))
    .option("--rounds <n>", "measured rounds", wholeNumber({ least: 1 }), 5)
    .action(async (options) => (await import("./bench-step/command.ts")).benchStepCommand(options));
  return program;
}
