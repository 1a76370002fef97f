import { readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";

import { LtuError } from "@ltu/core";
import type { StudyDocument } from "@ltu/report";
import { writeFiles } from "@ltu/runner";

const marks = (name: string): readonly [string, string] => [
  `<!-- numbers of ${name}: begin -->`,
  `<!-- numbers of ${name}: end -->`,
];

/**
 * Puts the numbers of a study into a Markdown file, in place of what stands between its two marks, with the figures and
 * the study's JSON beside it. A file that is not there is begun with a title.
 *
 * @throws LtuError `DATA` for a file that has not both marks once, `OPTION` for what is no file; it is left as it is.
 */
export async function writeDocument(
  path: string,
  {
    name,
    json,
    document,
  }: { readonly name: string; readonly json: string; readonly document: StudyDocument },
): Promise<void> {
  const [begin, end] = marks(name);
  const old = (await readText(path)) ?? `# ${name}\n\n${begin}\n${end}\n`;
  const [before, rest, ...more] = old.split(begin);
  const [numbers, after, ...others] = (rest ?? "").split(end);
  if (numbers === undefined || after === undefined || more.length > 0 || others.length > 0) {
    throw new LtuError(
      "DATA",
      `report: expected the lines "${begin}" and "${end}" once each in ${path}, found others; put them where the numbers belong.`,
    );
  }
  const text = `${before}${begin}\n\n${document.markdown}\n\n${end}${after}`;
  const encoder = new TextEncoder();
  const files = { [basename(path)]: text, [`${name}.json`]: json, ...document.figures };
  await writeFiles(
    dirname(path),
    Object.fromEntries(Object.entries(files).map(([file, content]) => [file, encoder.encode(content)])),
  );
}

/** The text of a plain file; nothing where there is none yet. A device would never end. */
async function readText(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (found.isFile()) return await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new LtuError(
      "OPTION",
      `report: ${path} cannot be read (${code}); name a Markdown file for --docs.`,
      {
        cause,
      },
    );
  }
  throw new LtuError(
    "OPTION",
    `report: --docs must be a Markdown file or a new one, found something else at ${path}; name another.`,
  );
}
