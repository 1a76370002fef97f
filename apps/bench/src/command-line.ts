import { isLtuError, LtuError } from "@ltu/core";
import { CommanderError, type Command } from "commander";

import { didYouMean } from "./nearest-name.ts";
import { buildProgram } from "./program.ts";

/** A first word that is no command would be taken for an argument of `run`, the default one. */
function checkCommand(program: Command, [first, second]: readonly string[]): void {
  const names = program.commands.map((command) => command.name());
  if (first === "help" && second !== undefined && !names.includes(second)) {
    return checkCommand(program, [second]);
  }
  if (first === undefined || first.startsWith("-") || [...names, "help"].includes(first)) return;
  throw new LtuError(
    "OPTION",
    `ltu: expected a command out of ${names.join(", ")}, found "${first}"; ${didYouMean(first, names)}`,
  );
}

/** What JavaScript says of an array that cannot be had, such as the weights of a layer of a million million units. */
function isTooLarge(error: unknown): error is RangeError {
  const ofArrays =
    /^(Invalid (typed )?array length|Array buffer allocation failed|Invalid array buffer length)/;
  return error instanceof RangeError && ofArrays.test(error.message);
}

/** The sentence that tells a user of an error, and the exit code that goes with it. */
function outcomeOf(error: unknown): { readonly text: string; readonly code: number } {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return { text: "", code: 0 };
    const sentence = error.message
      .replace(/^error: /, "")
      .replace(/\s*\n\s*/g, " ")
      .replace(/\.$/, "");
    return { text: `ltu: ${sentence}; run with --help to see what there is.\n`, code: 2 };
  }
  if (isLtuError(error)) {
    const code = { ABORTED: 130, DIVERGED: 1, NO_SIGNAL: 1 }[error.code as string] ?? 2;
    return { text: `${error.message}\n`, code };
  }
  if (isTooLarge(error)) {
    const text = `ltu: expected images, a model and batches that fit into memory, found larger ones (${error.message}); make them smaller.\n`;
    return { text, code: 2 };
  }
  return { text: `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, code: 1 };
}

/**
 * Runs the app with arguments as typed.
 *
 * @param tell - Takes the one sentence of an error.
 * @returns The exit code of an error, 2 for what the user can correct; `undefined` when the command ran to its end.
 */
export async function runCommandLine(
  args: readonly string[],
  tell: (text: string) => void,
): Promise<number | undefined> {
  try {
    const program = buildProgram();
    checkCommand(program, args);
    await program.parseAsync(args, { from: "user" });
    return undefined;
  } catch (error) {
    const { text, code } = outcomeOf(error);
    tell(text);
    return code;
  }
}
