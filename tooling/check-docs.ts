import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";

import {
  filesBelow,
  isMain,
  reportViolations,
  repositoryRoot,
  workspacePackages,
  type Manifest,
  type Violation,
} from "./workspace.ts";

/** Top folders of the repository: a code span that starts with one of them is taken for a path. */
const topFolders = ["apps", "docs", "golden", "packages", "tooling", ".ci", ".changeset"];

/** The anchor that Markdown viewers give a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*_]/g, "")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .replace(/\s/g, "-");
}

/** The text with code blocks blanked (lines stay), and the blocks alone. */
function splitCode(text: string): { prose: string[]; code: string[] } {
  const prose: string[] = [];
  const code: string[] = [];
  let inside = false;
  for (const row of text.split("\n")) {
    const fence = /^\s*```/.test(row);
    prose.push(inside || fence ? "" : row);
    code.push(inside && !fence ? row : "");
    if (fence) inside = !inside;
  }
  return { prose, code };
}

function anchorsOf(path: string): Set<string> {
  const { prose } = splitCode(readFileSync(path, "utf8"));
  return new Set(prose.flatMap((row) => (/^#+ /.test(row) ? [anchorOf(row.replace(/^#+ /, ""))] : [])));
}

/** Checks links, paths and commands of one Markdown file. */
function checkFile(root: string, file: string, scripts: ReadonlySet<string>): Violation[] {
  const found: Violation[] = [];
  const folder = dirname(join(root, file));
  const { prose, code } = splitCode(readFileSync(join(root, file), "utf8"));
  const add = (i: number, rule: string, message: string): void => {
    found.push({ rule, file, line: i + 1, message });
  };
  const checkLink = (i: number, target: string): void => {
    if (/^[a-z][a-z+.-]*:/i.test(target)) return;
    const [path = "", anchor] = target.split("#");
    const place = path === "" ? join(root, file) : normalize(join(folder, decodeURIComponent(path)));
    const outside = relative(root, place).split(sep)[0] === "..";
    if (outside || !existsSync(place)) add(i, "link", `"${target}" does not exist`);
    else if (anchor !== undefined && place.endsWith(".md") && !anchorsOf(place).has(anchor)) {
      add(i, "link", `"${path}" has no heading "#${anchor}"`);
    }
  };
  prose.forEach((row, i) => {
    for (const match of row.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g))
      checkLink(i, match[1] ?? "");
    const definition = /^\s*\[[^\]]+\]:\s*(\S+)/.exec(row);
    if (definition) checkLink(i, definition[1] ?? "");
    for (const match of row.matchAll(/`([^`]+)`/g)) {
      const span = match[1] ?? "";
      const [top = ""] = span.split("/");
      // Capitals and <...> stand for a name of the reader's, a star for many.
      if (
        !topFolders.includes(top) ||
        !/^[\w./@-]+$/.test(span) ||
        /\b[A-Z]{2,}\b/.test(span.replace(/\.\w+$/, ""))
      ) {
        continue;
      }
      if (!span.includes("/") || /\/my-|^packages\/name\b/.test(span)) continue;
      if (!existsSync(join(root, span))) add(i, "path", `"${span}" does not exist`);
    }
  });
  [...prose].forEach((row, i) => {
    const text = `${row}\n${code[i] ?? ""}`;
    for (const match of text.matchAll(/\bnpm (?:run ([\w:.-]+)|(start|test)\b)/g)) {
      const script = match[1] ?? match[2] ?? "";
      if (!scripts.has(script)) add(i, "command", `"npm run ${script}" is no script of package.json`);
    }
  });
  return found;
}

/** Checks every Markdown file of the tree at `root`: what it links to, names or tells the reader to type exists. */
export function checkDocs(root: string): { violations: Violation[]; files: number } {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const known = new Set([
    ...Object.keys(scripts ?? {}),
    ...workspacePackages(root).flatMap(({ manifest }) => Object.keys(manifest.scripts ?? {})),
  ]);
  const files = filesBelow(root, ".", ".md").filter((file) => !file.endsWith("CHANGELOG.md"));
  return { violations: files.flatMap((file) => checkFile(root, file, known)), files: files.length };
}

if (isMain(import.meta.url)) {
  const { violations, files } = checkDocs(repositoryRoot);
  process.exitCode = reportViolations("docs", violations, `${files} files`);
}
