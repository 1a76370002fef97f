import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { LtuError } from "@ltu/core";
import {
  htmlReport,
  mechanismsReport,
  parseMechanisms,
  parseResult,
  parseStudy,
  studyReport,
} from "@ltu/report";
import { writeFiles } from "@ltu/runner";

/** `report <result.json>`: makes the page of a finished run or study again. */
export async function reportCommand(resultPath: string, options: { readonly out?: string }): Promise<void> {
  let text: string;
  try {
    text = await readFile(resultPath, "utf8");
  } catch (cause) {
    throw new LtuError(
      "OPTION",
      `report: ${resultPath} cannot be read (${(cause as NodeJS.ErrnoException).code}); name the result.json or study.json of a finished run.`,
      { cause },
    );
  }
  const page = await drawPage(text, resultPath);
  const out = options.out ?? join(dirname(resultPath), "report.html");
  await writeFiles(dirname(out), { [basename(out)]: new TextEncoder().encode(page) });
  console.log(`wrote ${out}`);
}

async function drawPage(text: string, path: string): Promise<string> {
  try {
    const json = JSON.parse(text) as { readonly kind?: unknown };
    if (json.kind === "study") return await studyReport(parseStudy(json));
    if (json.kind === "mechanisms") return await mechanismsReport(parseMechanisms(json));
    return await htmlReport(parseResult(json));
  } catch (cause) {
    throw new LtuError(
      "DATA",
      `report: ${path} is not a result this version reads (${(cause as Error).message}); run the experiment again.`,
      { cause },
    );
  }
}
