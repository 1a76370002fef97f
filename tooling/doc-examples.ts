import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import ts from "typescript";

import { filesBelow, workspacePackages } from "./workspace.ts";

/** A code block of the documentation, to be run as a complete ES module. */
export interface DocExample {
  /** The file, relative to the root, and the line of its first line of code, counted from 1. */
  readonly file: string;
  readonly line: number;
  /** Position among the examples of the file, from 0. */
  readonly index: number;
  readonly code: string;
  /** The lines that the example says it prints. */
  readonly expected: readonly string[];
  /** Why it is not run (```ts no-run REASON); undefined for an example that runs. */
  readonly notRun: string | undefined;
}

const fenceStart = /^(\s*)```(?:ts|typescript)\b[ \t]*(.*)$/;

/** The results that stand behind `// →`, one a line, in the order of the text. */
export function expectedOutput(code: string): string[] {
  return code.split("\n").flatMap((row) => {
    const found = /\/\/ → ?(.*)$/.exec(row);
    return found ? [(found[1] ?? "").trimEnd()] : [];
  });
}

/** Code blocks of one text; `firstLine` is the line of the file at which the text starts. */
function blocksOf(text: string, firstLine: number): Omit<DocExample, "file" | "index">[] {
  const found: Omit<DocExample, "file" | "index">[] = [];
  const rows = text.split("\n");
  for (let i = 0; i < rows.length; i++) {
    const start = fenceStart.exec(rows[i] ?? "");
    if (!start) continue;
    const indent = start[1] ?? "";
    const end = rows.findIndex((row, j) => j > i && row.trim() === "```");
    const last = end < 0 ? rows.length : end;
    const code = rows
      .slice(i + 1, last)
      .map((row) => (row.startsWith(indent) ? row.slice(indent.length) : row))
      .join("\n");
    const words = (start[2] ?? "").trim();
    const notRun = words.startsWith("no-run") ? words.slice("no-run".length).trim() : undefined;
    found.push({ line: firstLine + i + 1, code, expected: expectedOutput(code), notRun });
    i = last;
  }
  return found;
}

/** The docstrings of a source text, without their stars, each with the line at which it starts. */
function docstringsOf(path: string, text: string): { line: number; text: string }[] {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, false);
  return [...text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].map((match) => ({
    line: ast.getLineAndCharacterOfPosition(match.index).line + 1,
    text: match[0]
      .replace(/^[ \t]*\/\*\*/, "")
      .replace(/\*\/$/, "")
      .split("\n")
      .map((row) => row.replace(/^\s*\* ?/, ""))
      .join("\n"),
  }));
}

/** Every ```ts block of a Markdown file, or of the docstrings of a source file. */
export function examplesOf(file: string, text: string): DocExample[] {
  const blocks = file.endsWith(".md")
    ? blocksOf(text, 1)
    : docstringsOf(file, text).flatMap((docstring) => blocksOf(docstring.text, docstring.line));
  return blocks.map((block, index) => ({ file, index, ...block }));
}

/** Files whose examples count: the READMEs, the documentation, and the docstrings of every package. */
export function documentedFiles(root: string): string[] {
  return [
    "README.md",
    "CONTRIBUTING.md",
    ...filesBelow(root, "docs", ".md"),
    ...workspacePackages(root).flatMap(({ id }) => [
      `${id}/README.md`,
      ...filesBelow(root, `${id}/src`, ".ts"),
    ]),
  ].filter((file) => existsSync(join(root, file)));
}

/** Every example of the tree. */
export function allExamples(root: string): DocExample[] {
  return documentedFiles(root).flatMap((file) => examplesOf(file, readFileSync(join(root, file), "utf8")));
}

/** An example as JavaScript, its types taken away. */
export function exampleAsJavaScript(code: string): string {
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    // An import that only names a type must vanish, as it does for a reader who compiles the example.
    verbatimModuleSyntax: false,
  };
  return ts.transpileModule(code, { compilerOptions: options }).outputText;
}

/** The names of a README's `npm install ...` line. */
export function installLine(readme: string): string[] {
  const line = /^npm (?:install|i) (.+)$/m.exec(readme)?.[1] ?? "";
  return line.split(/\s+/).filter((word) => word !== "" && !word.startsWith("-"));
}
