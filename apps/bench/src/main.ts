import { runCommandLine } from "./command-line.ts";

const code = await runCommandLine(process.argv.slice(2), (text) => process.stderr.write(text));
if (code !== undefined) process.exitCode = code;
