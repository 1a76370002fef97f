import { startEngine } from "../start-engine.ts";
import { runGolden } from "./run-golden.ts";
import { topics } from "./topics.ts";

/** `golden [folder] --engine E`: one line a topic, exit code 1 when a case fails. */
export async function goldenCommand(folder: string, options: { readonly engine?: string }): Promise<void> {
  await startEngine({ engine: options.engine });
  const passed = await runGolden(folder, topics, (line) => console.log(line));
  if (!passed) process.exitCode = 1;
}
