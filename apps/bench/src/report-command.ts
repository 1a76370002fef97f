import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { LtuError } from "@ltu/core";
import {
  htmlReport,
  mechanismsDocument,
  mechanismsReport,
  parseMechanisms,
  parseResult,
  parseSchedule,
  parseSearch,
  parseStudy,
  scheduleDocument,
  searchDocument,
  studyDocument,
  studyReport,
  type StudyDocument,
} from "@ltu/report";
import { writeFiles } from "@ltu/runner";

import { writeDocument } from "./write-document.ts";

/** Options of the command. */
export interface ReportOptions {
  /** The page to write. */
  readonly out?: string;
  /** A Markdown file to put the numbers of a study into, instead of a page. */
  readonly docs?: string;
}

/** `report <result.json>`: makes the page of a finished run or study again, or puts a study's numbers into a document. */
export async function reportCommand(resultPath: string, { out, docs }: ReportOptions): Promise<void> {
  if (out !== undefined && docs !== undefined) {
    throw new LtuError(
      "OPTION",
      `report: expected a page (--out) or a document (--docs), found both; run the command once for each.`,
    );
  }
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
  const finished = readFinished(text, resultPath);
  if (docs !== undefined) {
    if (finished.document === undefined) {
      throw new LtuError(
        "OPTION",
        `report: --docs is for a study.json, found the result of one run in ${resultPath}; leave --docs out.`,
      );
    }
    await writeDocument(docs, { name: finished.name, json: text, document: await finished.document() });
    console.log(`wrote ${docs}`);
    return;
  }
  if (finished.page === undefined) {
    throw new LtuError(
      "OPTION",
      `report: a search has no page, found one in ${resultPath}; add --docs FILE to put it into a Markdown file.`,
    );
  }
  const page = out ?? join(dirname(resultPath), "report.html");
  await writeFiles(dirname(page), { [basename(page)]: new TextEncoder().encode(await finished.page()) });
  console.log(`wrote ${page}`);
}

/** What can be drawn from a file. */
interface Finished {
  readonly name: string;
  /** A page; searches have none. */
  readonly page?: () => Promise<string>;
  readonly document?: () => Promise<StudyDocument>;
}

function readFinished(text: string, path: string): Finished {
  try {
    const json = JSON.parse(text) as { readonly kind?: unknown };
    if (json.kind === "study") {
      const study = parseStudy(json);
      return { name: study.name, page: () => studyReport(study), document: () => studyDocument(study) };
    }
    if (json.kind === "mechanisms") {
      const parts = parseMechanisms(json);
      return {
        name: parts.name,
        page: () => mechanismsReport(parts),
        document: () => mechanismsDocument(parts),
      };
    }
    if (json.kind === "search") {
      const search = parseSearch(json);
      return { name: search.name, document: async () => searchDocument(search) };
    }
    if (json.kind === "schedule") {
      const schedule = parseSchedule(json);
      return { name: schedule.name, document: async () => scheduleDocument(schedule) };
    }
    const result = parseResult(json);
    return { name: result.experiment.name, page: () => htmlReport(result) };
  } catch (cause) {
    throw new LtuError(
      "DATA",
      `report: ${path} is not a result this version reads (${(cause as Error).message}); run the experiment again.`,
      { cause },
    );
  }
}
