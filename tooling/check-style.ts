import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

import ts from "typescript";

import { chainedOps, seedPosition, tensorTypes } from "./tfjs-names.ts";
import {
  filesBelow,
  importsOf,
  isMain,
  lineOf,
  readSource,
  reportViolations,
  repositoryRoot,
  sourcesOf,
  walk,
  workspacePackages,
  type ImportSite,
  type SourceFile,
  type Violation,
} from "./workspace.ts";

/** Longest file that passes without a remark. */
export const longestFile = 250;

/** The one file that may ask TensorFlow.js for gradients. */
const gradientHome = "packages/core/src/gradients.ts";
const tfjsGradients = new Set(["grad", "grads", "valueAndGrad", "valueAndGrads", "variableGrads"]);
const gradientCalls = new Set([...tfjsGradients, "valueAndGradient", "gradients"]);
const syncReads = new Set(["dataSync", "arraySync", "bufferSync"]);

const isTfjs = (specifier: string): boolean => specifier.startsWith("@tensorflow/");
const nameOfCall = (call: ts.CallExpression): string | undefined =>
  ts.isIdentifier(call.expression)
    ? call.expression.text
    : ts.isPropertyAccessExpression(call.expression)
      ? call.expression.name.text
      : undefined;

/** What changes the one engine of the process: kernels, gradients, backends, and which of them is current. */
const registering = /^((un)?register(Kernel|Gradient)|(register|remove|set)Backend$|setPlatform$)/;

type Report = (node: ts.Node | number, rule: string, message: string) => void;

function checkTfjsImport(file: SourceFile, site: ImportSite, inEngine: boolean, report: Report): void {
  const { specifier, line } = site;
  if (!isTfjs(specifier)) return;
  if (specifier.split("/").length > 2) {
    report(
      line,
      "deep-import",
      `"${specifier}": name the package alone; its inner files do not load in Node`,
    );
  }
  if (inEngine) return;
  if (site.namespace) report(line, "tfjs-namespace", "import the functions by name, not the whole library");
  for (const name of site.names) {
    if (registering.test(name))
      report(line, "registering", `"${name}": only @ltu/engine registers and chooses`);
    if (name === "variable") report(line, "tfjs-variable", "weights are plain tensors in a Params record");
    if (tfjsGradients.has(name) && file.path !== gradientHome) {
      report(line, "gradient", `"${name}": differentiate with valueAndGradient of @ltu/core`);
    }
  }
}

/** Names that this file imports from TensorFlow.js, and identifiers that hold tensors as far as the file shows. */
function tensorNames(file: SourceFile): { ops: Set<string>; tensors: Set<string> } {
  const sites = importsOf(file).filter(({ specifier, typeOnly }) => isTfjs(specifier) && !typeOnly);
  const ops = new Set(sites.flatMap(({ names }) => names));
  const tensors = new Set<string>();
  walk(file.ast, (node) => {
    if (!ts.isVariableDeclaration(node) && !ts.isParameter(node)) return;
    if (!ts.isIdentifier(node.name)) return;
    const typed = node.type !== undefined && tensorTypes.test(node.type.getText(file.ast));
    const made =
      node.initializer !== undefined &&
      ts.isCallExpression(node.initializer) &&
      ts.isIdentifier(node.initializer.expression) &&
      ops.has(node.initializer.expression.text) &&
      tensorMakers(node.initializer.expression.text);
    if (typed || made) tensors.add(node.name.text);
  });
  return { ops, tensors };
}

/** Imported functions that do not return a tensor. */
const tensorMakers = (name: string): boolean =>
  ![
    "memory",
    "engine",
    "env",
    "tidy",
    "keep",
    "dispose",
    "getBackend",
    "backend",
    "profile",
    "time",
  ].includes(name);

function checkChained(
  file: SourceFile,
  node: ts.Node,
  known: ReturnType<typeof tensorNames>,
  report: Report,
): void {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
  const method = node.expression.name.text;
  const clash = chainedOps.get(method);
  if (clash === undefined) return;
  const receiver = node.expression.expression;
  const onOp =
    ts.isCallExpression(receiver) &&
    ts.isIdentifier(receiver.expression) &&
    known.ops.has(receiver.expression.text) &&
    tensorMakers(receiver.expression.text);
  const onTensor = ts.isIdentifier(receiver) && known.tensors.has(receiver.text);
  // A name that JavaScript itself uses (`slice`, `add`, `max`) counts only on what is seen to be a tensor.
  if (clash === "own" || onOp || onTensor) {
    report(node, "chained-op", `.${method}() is absent with tfjs-core alone: call ${method}(x, ...)`);
  }
}

function checkRandom(node: ts.Node, ops: ReadonlySet<string>, report: Report): void {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const { text } = node.expression;
    if (text === "Math" && node.name.text === "random") {
      report(node, "random", "Math.random has no seed: take an rng of @ltu/core");
    }
  }
  if (!ts.isCallExpression(node)) return;
  const name = nameOfCall(node) ?? "";
  if (ts.isPropertyAccessExpression(node.expression)) {
    const owner = node.expression.expression;
    const onUtil =
      (ts.isIdentifier(owner) && (owner.text === "util" || owner.text === "tf")) ||
      (ts.isPropertyAccessExpression(owner) && owner.name.text === "util");
    if (onUtil && name.startsWith("shuffle")) {
      report(node, "random", "util.shuffle takes no seed: use permutation of an rng");
    }
  }
  const position = seedPosition.get(name);
  const onTf =
    ts.isPropertyAccessExpression(node.expression) &&
    ts.isIdentifier(node.expression.expression) &&
    node.expression.expression.text === "tf";
  if (position === undefined || !(onTf || (ts.isIdentifier(node.expression) && ops.has(name)))) return;
  const seed = node.arguments[position];
  const noSeed =
    seed === undefined ||
    (ts.isNumericLiteral(seed) && seed.text === "0") ||
    (ts.isIdentifier(seed) && seed.text === "undefined");
  if (noSeed)
    report(node, "random", `${name} without a seed (0 counts as none) gives other numbers each time`);
}

/** Functions of this file whose body asks for a gradient. */
function gradientFunctions(file: SourceFile): Set<string> {
  const found = new Set<string>();
  const asks = (body: ts.Node): boolean => {
    let yes = false;
    walk(body, (node) => {
      if (!ts.isCallExpression(node)) return;
      const name = nameOfCall(node) ?? "";
      if (gradientCalls.has(name) || found.has(name)) yes = true;
    });
    return yes;
  };
  // Twice, so that a function that calls such a function counts as well.
  for (let pass = 0; pass < 2; pass++) {
    walk(file.ast, (node) => {
      if (ts.isFunctionDeclaration(node) && node.name && node.body && asks(node.body))
        found.add(node.name.text);
      if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer) return;
      const value = node.initializer;
      if ((ts.isArrowFunction(value) || ts.isFunctionExpression(value)) && asks(value.body)) {
        found.add(node.name.text);
      }
    });
  }
  return found;
}

function checkNestedGradient(file: SourceFile, report: Report): void {
  const inner = new Set([...gradientCalls, ...gradientFunctions(file)]);
  walk(file.ast, (node) => {
    if (!ts.isCallExpression(node) || !gradientCalls.has(nameOfCall(node) ?? "")) return;
    for (const argument of node.arguments) {
      walk(argument, (below) => {
        const called = ts.isCallExpression(below) ? nameOfCall(below) : undefined;
        const named = ts.isIdentifier(argument) && below === argument ? argument.text : undefined;
        const name = called ?? named ?? "";
        if (inner.has(name)) {
          report(
            below,
            "nested-gradient",
            `${name} inside a gradient: TensorFlow.js is silently wrong there`,
          );
        }
      });
    }
  });
}

function checkIndexFile(file: SourceFile, report: Report): void {
  const order: string[] = [];
  for (const statement of file.ast.statements) {
    const reExport = ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;
    const byName =
      reExport && statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause);
    if (!byName) {
      report(statement, "index", "an index.ts holds nothing but re-exports by name");
      continue;
    }
    order.push((statement.moduleSpecifier as ts.StringLiteral).text);
  }
  const misplaced = order.find((specifier, i) => i > 0 && specifier < (order[i - 1] ?? ""));
  if (misplaced !== undefined) report(1, "index", `"${misplaced}" breaks the alphabetical order of files`);
}

/** Checks one source file. */
export function checkSource(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  const report: Report = (node, rule, message) => {
    found.push({
      rule,
      file: file.path,
      line: typeof node === "number" ? node : lineOf(file.ast, node),
      message,
    });
  };
  const inEngine = file.path.startsWith("packages/engine/");
  const known = tensorNames(file);
  for (const site of importsOf(file)) checkTfjsImport(file, site, inEngine, report);
  checkNestedGradient(file, report);
  if (posix.basename(file.path) === "index.ts") checkIndexFile(file, report);
  // A declaration of somebody else's module says what that module exports.
  const foreign = file.path.endsWith(".d.ts");
  walk(file.ast, (node) => {
    checkChained(file, node, known, report);
    checkRandom(node, known.ops, report);
    if (ts.isDebuggerStatement(node)) report(node, "debugger", "debugger calls stay out of the library");
    if (ts.isExportAssignment(node) && !foreign) report(node, "default-export", "export by name");
    if (ts.canHaveModifiers(node)) {
      const isDefault = ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
      if (isDefault === true && !foreign) report(node, "default-export", "export by name");
    }
    if (!inEngine && ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const name = node.expression.name.text;
      if (syncReads.has(name))
        report(node, "sync-read", `${name}() is absent on webgpu: await data() or array()`);
    }
  });
  return found;
}

/** Checks one test file: nothing in it may silence the other tests, or stop them. */
export function checkTest(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  const report = (node: ts.Node, rule: string, message: string): void => {
    found.push({ rule, file: file.path, line: lineOf(file.ast, node), message });
  };
  walk(file.ast, (node) => {
    if (ts.isDebuggerStatement(node)) report(node, "debugger", "debugger calls stay out of the tests");
    if (!ts.isPropertyAccessExpression(node) || node.name.text !== "only") return;
    let owner: ts.Node = node.expression;
    while (ts.isPropertyAccessExpression(owner) || ts.isCallExpression(owner)) owner = owner.expression;
    if (ts.isIdentifier(owner) && ["it", "test", "describe", "suite", "bench"].includes(owner.text)) {
      report(node, "only", `${node.getText(file.ast)} silences every other test`);
    }
  });
  return found;
}

const machinePath = /(?:^|[\s"'`(=:[])(\/(?:work|home|root|tmp|Users|farm)\/[\w.-]+)/;
const registryHost =
  /\b(?:registry\.(?:npmjs\.org|yarnpkg\.com|npmmirror\.com)|(?:files\.)?pythonhosted\.org|pypi\.org|artifactory|verdaccio)\b/i;

/** Checks the words of one file: no path of one machine, no registry. */
export function checkWords(path: string, text: string): Violation[] {
  return text.split("\n").flatMap((row, i) => {
    const found: Violation[] = [];
    const folder = machinePath.exec(row)?.[1];
    const host = registryHost.exec(row)?.[0];
    const place = { file: path, line: i + 1 };
    if (folder !== undefined) {
      found.push({ ...place, rule: "machine-path", message: `"${folder}" exists on one machine only` });
    }
    if (host !== undefined) {
      found.push({
        ...place,
        rule: "registry",
        message: `"${host}": the user's npm and pip know their registry`,
      });
    }
    return found;
  });
}

/** Checks the style rules on the tree at `root`; `long` lists the files that may hold more than one concept. */
export function checkStyle(root: string): { violations: Violation[]; long: string[]; files: number } {
  const packages = workspacePackages(root);
  const sources = packages.flatMap(({ id }) => sourcesOf(root, id));
  const tests = [
    ...packages.flatMap(({ id }) => filesBelow(root, `${id}/test`, ".ts")),
    ...filesBelow(root, "tooling/test", ".ts"),
  ].map((path) => readSource(root, path));
  const words = [
    ...filesBelow(root, "docs", ".md"),
    ...packages.flatMap(({ id }) => [`${id}/README.md`, ...filesBelow(root, `${id}/experiments`, ".json")]),
    "README.md",
    "CONTRIBUTING.md",
    "package.json",
  ].filter((path) => ts.sys.fileExists(join(root, path)));
  return {
    violations: [
      ...sources.flatMap(checkSource),
      ...tests.flatMap(checkTest),
      ...sources.flatMap(({ path, text }) => checkWords(path, text)),
      ...words.flatMap((path) => checkWords(path, readFileSync(join(root, path), "utf8"))),
    ],
    long: sources
      .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
      .filter(({ lines }) => lines > longestFile)
      .map(({ path, lines }) => `${path} (${lines} lines)`),
    files: sources.length + tests.length + words.length,
  };
}

if (isMain(import.meta.url)) {
  const { violations, long, files } = checkStyle(repositoryRoot);
  for (const file of long)
    console.log(`note: ${file} is longer than ${longestFile}: does it hold one concept?`);
  process.exitCode = reportViolations("style", violations, `${files} files`);
}
