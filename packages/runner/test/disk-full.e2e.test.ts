import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { emptyFolder, filesBelow } from "./folder.ts";

/** Runs code that uses the runner in a process whose files may not grow over 64 KiB: a disk that fills up. */
async function runLimited(code: string): Promise<string> {
  const script = `ulimit -f 64; exec "$0" --conditions=@ltu/source --import tsx --input-type=module -e "$1"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", script, process.execPath, code], {
    cwd: join(import.meta.dirname, ".."),
  });
  return stdout.trim();
}

const attempt = (call: string): string => `
  import { contentKey, openStore, writeFiles } from "@ltu/runner";
  const big = new Uint8Array(1_000_000);
  await (${call})().then(() => console.log("written"), ({ code, message }) => console.log(code, message));
`;

describe("a disk that fills up in the middle of a file", () => {
  it("fails with one clear error and leaves the results of before", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "result.json"), "old");
    const call = `() => writeFiles(${JSON.stringify(folder)}, { "result.json": "new", "report.html": big })`;
    expect(await runLimited(attempt(call))).toMatch(
      /^STORE store: .*report\.html cannot be written: .* \(EFBIG\); .*\.$/,
    );
    expect(await readFile(join(folder, "result.json"), "utf8")).toBe("old");
    expect(await filesBelow(folder)).toEqual(["result.json"]);
  });

  it("leaves a store without the artefact and without parts of it", async () => {
    const folder = await emptyFolder();
    const call = `async () => (await openStore(${JSON.stringify(folder)})).write(contentKey(1), big)`;
    expect(await runLimited(attempt(call))).toMatch(/^STORE store: .* \(EFBIG\); .*\.$/);
    expect(await filesBelow(folder)).toEqual(["store.json"]);
  });
});
