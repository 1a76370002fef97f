import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { LtuError } from "@ltu/core";
import { htmlReport, parseResult } from "@ltu/report";
import { writeFiles } from "@ltu/runner";

/** `report <result.json>`: makes the page of a finished run again. */
export async function reportCommand(resultPath: string, options: { readonly out?: string }): Promise<void> {
  let text: string;
  try {
    text = await readFile(resultPath, "utf8");
  } catch (cause) {
    throw new LtuError(
      "OPTION",
      `report: ${resultPath} cannot be read (${(cause as NodeJS.ErrnoException).code}); name the result.json of a finished run.`,
      { cause },
    );
  }
  const page = await htmlReport(parseResult(JSON.parse(text)));
  const out = options.out ?? join(dirname(resultPath), "report.html");
  await writeFiles(dirname(out), { [basename(out)]: new TextEncoder().encode(page) });
  console.log(`wrote ${out}`);
}
