import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";

/** The root of this repository. */
export const repositoryRoot: string = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the checks read of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One package or app of the workspace: `id` is its folder, such as `packages/core`, `short` its last part. */
export interface WorkspacePackage {
  readonly id: string;
  readonly short: string;
  readonly isApp: boolean;
  readonly manifest: Manifest;
}

/** Something a rule forbids, at the place where it stands. */
export interface Violation {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A parsed source file; `path` is relative to the root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly ast: ts.SourceFile;
}

/** One module specifier as it stands in a file: static, dynamic, type-only or re-export. */
export interface ImportSite {
  readonly specifier: string;
  readonly line: number;
  /** Names that are imported or re-exported; empty for a namespace, a side effect or a dynamic import. */
  readonly names: readonly string[];
  readonly typeOnly: boolean;
  readonly namespace: boolean;
}

const generated = new Set(["node_modules", "dist", "coverage", ".turbo", ".git", "runs", ".ltu"]);

/** Files below `folder` (relative to `root`) whose name ends with `ending`, sorted; generated folders are left out. */
export function filesBelow(root: string, folder: string, ending: string): string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (generated.has(entry.name)) continue;
      const child = join(path, entry.name);
      if (entry.isDirectory()) visit(child);
      else if (entry.name.endsWith(ending)) found.push(relative(root, child).split(sep).join("/"));
    }
  };
  visit(start);
  return found.sort();
}

/** Every package and app of the workspace, sorted by folder. */
export function workspacePackages(root: string): WorkspacePackage[] {
  return ["apps", "packages"].flatMap((top) =>
    (existsSync(join(root, top)) ? readdirSync(join(root, top)).sort() : [])
      .filter((name) => existsSync(join(root, top, name, "package.json")))
      .map((short) => ({
        id: `${top}/${short}`,
        short,
        isApp: top === "apps",
        manifest: JSON.parse(readFileSync(join(root, top, short, "package.json"), "utf8")) as Manifest,
      })),
  );
}

/** Parses one file. */
export function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  return { path, text, ast: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
}

/** The sources of one package: everything in its `src`. */
export function sourcesOf(root: string, id: string): SourceFile[] {
  return filesBelow(root, `${id}/src`, ".ts").map((path) => readSource(root, path));
}

/** The line of a node, counted from 1. */
export function lineOf(ast: ts.SourceFile, node: ts.Node): number {
  return ast.getLineAndCharacterOfPosition(node.getStart(ast)).line + 1;
}

/** Calls `visit` for a node and everything below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}

function namesOfClause(clause: ts.ImportClause | undefined): { names: string[]; namespace: boolean } {
  const bindings = clause?.namedBindings;
  const names = clause?.name ? ["default"] : [];
  if (bindings && ts.isNamedImports(bindings)) {
    names.push(...bindings.elements.map((element) => (element.propertyName ?? element.name).text));
  }
  return { names, namespace: bindings !== undefined && ts.isNamespaceImport(bindings) };
}

/** Every module that a file names in `import`, `export ... from`, `import()`, `import type` or `require()`. */
export function importsOf({ ast }: SourceFile): ImportSite[] {
  const sites: ImportSite[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, rest: Partial<ImportSite> = {}): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const site = { specifier: specifier.text, line: lineOf(ast, node) };
    sites.push({ names: [], typeOnly: false, namespace: false, ...rest, ...site });
  };
  walk(ast, (node) => {
    if (ts.isImportDeclaration(node)) {
      const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      add(node, node.moduleSpecifier, { ...namesOfClause(node.importClause), typeOnly });
    } else if (ts.isExportDeclaration(node)) {
      const clause = node.exportClause;
      const named = clause !== undefined && ts.isNamedExports(clause);
      const names = named
        ? clause.elements.map((element) => (element.propertyName ?? element.name).text)
        : [];
      add(node, node.moduleSpecifier, { names, namespace: !named, typeOnly: node.isTypeOnly });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const name = node.qualifier?.getText(ast);
      add(node, node.argument.literal, { names: name === undefined ? [] : [name], typeOnly: true });
    } else if (ts.isCallExpression(node)) {
      const callee = node.expression;
      const dynamic = callee.kind === ts.SyntaxKind.ImportKeyword;
      if (dynamic || (ts.isIdentifier(callee) && callee.text === "require")) add(node, node.arguments[0]);
    }
  });
  return sites;
}

/** The package a specifier belongs to, such as `@ltu/mia` for `@ltu/mia/feedback`; undefined for own files and Node. */
export function packageOfSpecifier(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("/") || specifier.startsWith("node:"))
    return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Prints the violations as `file:line rule: message` and returns the exit code of a check. */
export function reportViolations(title: string, violations: readonly Violation[], counted: string): number {
  for (const { file, line, rule, message } of violations) console.log(`${file}:${line} ${rule}: ${message}`);
  console.log(`${title}: ${counted}, ${violations.length} violation${violations.length === 1 ? "" : "s"}`);
  return violations.length === 0 ? 0 : 1;
}

/** Whether the file at `url` is the one that Node was asked to run. */
export function isMain(url: string): boolean {
  const asked = process.argv[1];
  return asked !== undefined && existsSync(asked) && statSync(asked).ino === statSync(fileURLToPath(url)).ino;
}
