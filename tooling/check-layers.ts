import { existsSync } from "node:fs";
import { join, posix } from "node:path";

import ts from "typescript";

import {
  importsOf,
  isMain,
  lineOf,
  packageOfSpecifier,
  reportViolations,
  repositoryRoot,
  sourcesOf,
  walk,
  workspacePackages,
  type SourceFile,
  type Violation,
  type WorkspacePackage,
} from "./workspace.ts";

/** What one package may import. */
interface Layer {
  readonly layer: 0 | 1 | 2 | 3;
  /** Own packages that `src/` may name; a sub-path (`mia/feedback`) allows that sub-path alone. */
  readonly uses: readonly string[];
  /** May `src/` name a TensorFlow.js package? "core" is `@tensorflow/tfjs-core` alone. */
  readonly tensors: "none" | "core" | "runtimes";
  /** A TensorFlow.js package that one folder of `src/` may name, as an optional peer; no other file imports the folder. */
  readonly optionalPeer?: { readonly name: string; readonly folder: string };
}

/** The layers of docs/architecture.md: a package may name those above it that stand in `uses`, and no other. */
export const layers: Readonly<Record<string, Layer>> = {
  core: { layer: 0, uses: [], tensors: "core" },
  metrics: { layer: 0, uses: [], tensors: "none" },
  engine: { layer: 0, uses: ["core"], tensors: "runtimes" },
  datasets: { layer: 1, uses: ["core"], tensors: "core" },
  samplers: { layer: 1, uses: ["core"], tensors: "none" },
  models: {
    layer: 1,
    uses: ["core"],
    tensors: "core",
    optionalPeer: { name: "@tensorflow/tfjs-layers", folder: "layers-model" },
  },
  harmonize: { layer: 1, uses: ["core"], tensors: "core" },
  "meta-opt": { layer: 1, uses: ["core"], tensors: "core" },
  train: { layer: 1, uses: ["core"], tensors: "core" },
  mia: { layer: 2, uses: ["core", "train", "metrics"], tensors: "core" },
  baselines: { layer: 2, uses: ["core", "train"], tensors: "core" },
  unlearn: {
    layer: 3,
    uses: ["core", "train", "meta-opt", "harmonize", "samplers", "mia/feedback"],
    tensors: "core",
  },
  runner: { layer: 3, uses: ["core"], tensors: "none" },
  report: { layer: 3, uses: ["metrics"], tensors: "none" },
  testing: { layer: 3, uses: ["core"], tensors: "core" },
};

const scope = "@ltu/";
const tfjsCore = "@tensorflow/tfjs-core";
const at = (file: string, line: number, rule: string, message: string): Violation => ({
  rule,
  file,
  line,
  message,
});

/** Does `uses` allow this specifier of an own package? */
function allows(uses: readonly string[], specifier: string): boolean {
  const asked = specifier.slice(scope.length);
  return uses.some((use) => asked === use || (!use.includes("/") && asked.startsWith(`${use}/`)));
}

/** Imports of one file that its layer forbids or its manifest does not declare. */
function checkImports(pack: WorkspacePackage, file: SourceFile, rule: Layer | undefined): Violation[] {
  const { manifest } = pack;
  const declared = new Set([
    manifest.name,
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
    // Nobody installs a private package: whatever the workspace links is there.
    ...(manifest.private === true ? Object.keys(manifest.devDependencies ?? {}) : []),
  ]);
  return importsOf(file).flatMap(({ specifier, line }) => {
    const found: Violation[] = [];
    const name = packageOfSpecifier(specifier);
    if (name === undefined) {
      if (specifier.startsWith(".") && leavesPackage(pack, file, specifier)) {
        found.push(at(file.path, line, "layer", `"${specifier}" leaves the package; import it by its name`));
      }
      const { optionalPeer } = rule ?? {};
      const target = posix.join(posix.dirname(file.path), specifier);
      if (
        optionalPeer &&
        needsOptionalPeer(pack, target, rule) &&
        !needsOptionalPeer(pack, file.path, rule)
      ) {
        const message = `"${specifier}" needs ${optionalPeer.name}, an optional peer; only its own sub-path may`;
        found.push(at(file.path, line, "peer", message));
      }
      return found;
    }
    if (!declared.has(name)) {
      found.push(at(file.path, line, "undeclared", `"${name}" is not declared in ${pack.id}/package.json`));
    }
    if (name === manifest.name) return found;
    if (name.startsWith(scope) && rule && !allows(rule.uses, specifier)) {
      const list = rule.uses.map((use) => scope + use).join(", ") || "no other package";
      found.push(at(file.path, line, "layer", `${manifest.name} may import ${list}; found "${specifier}"`));
    }
    if (name === `${scope}engine` && !pack.isApp) {
      found.push(at(file.path, line, "engine", "only apps may import @ltu/engine"));
    }
    if (name.startsWith("@tensorflow/") && rule && rule.tensors !== "runtimes") {
      if (rule.tensors === "none") {
        found.push(
          at(file.path, line, "tensors", `${manifest.name} works without tensors; found "${specifier}"`),
        );
      } else if (name === rule.optionalPeer?.name && needsOptionalPeer(pack, file.path, rule)) {
        if (manifest.peerDependenciesMeta?.[name]?.optional !== true) {
          found.push(at(file.path, line, "peer", `${name} must be an optional peer of ${manifest.name}`));
        }
      } else if (name !== tfjsCore) {
        found.push(at(file.path, line, "tensors", `only ${tfjsCore} is allowed here; found "${specifier}"`));
      }
    }
    return found;
  });
}

/** Does a file lie in the folder that may name the optional peer? */
function needsOptionalPeer(pack: WorkspacePackage, path: string, rule: Layer | undefined): boolean {
  return rule?.optionalPeer !== undefined && path.startsWith(`${pack.id}/src/${rule.optionalPeer.folder}/`);
}

function leavesPackage(pack: WorkspacePackage, file: SourceFile, specifier: string): boolean {
  return !posix.join(posix.dirname(file.path), specifier).startsWith(`${pack.id}/src/`);
}

/** Dependencies and peers of one manifest. */
function checkManifest(pack: WorkspacePackage, rule: Layer | undefined): Violation[] {
  const file = `${pack.id}/package.json`;
  const { manifest } = pack;
  const found: Violation[] = [];
  const add = (kind: string, message: string): void => {
    found.push(at(file, 1, kind, message));
  };
  const runtime = { ...manifest.dependencies, ...manifest.optionalDependencies };
  for (const name of Object.keys({ ...runtime, ...manifest.peerDependencies })) {
    if (!name.startsWith(scope)) continue;
    const short = name.slice(scope.length);
    if (rule && !rule.uses.some((use) => use.split("/")[0] === short))
      add("layer", `${name} is not in its layer`);
    if (short === "engine" && !pack.isApp) add("engine", "only apps may depend on @ltu/engine");
  }
  for (const name of Object.keys(manifest.peerDependencies ?? {})) {
    if (name.startsWith(scope))
      add("peer", `${name} must be a dependency: a peer turns each minor into a major`);
  }
  for (const name of Object.keys(runtime)) {
    if (name === tfjsCore && !pack.isApp) {
      add("peer", `${tfjsCore} must be a peer: its engine is one for the whole program`);
    } else if (name.startsWith("@tensorflow/") && pack.short !== "engine" && !pack.isApp) {
      add("tensors", `${name} is a runtime; only @ltu/engine depends on those`);
    }
  }
  const every = { ...runtime, ...manifest.devDependencies, ...manifest.peerDependencies };
  for (const [name, range] of Object.entries(every)) {
    const wanted = name.startsWith(scope) ? "workspace:^" : "catalog:";
    if (range !== wanted) add("version", `${name} must be "${wanted}", found "${range}"`);
  }
  return found;
}

/** A cycle of the graph as `a -> b -> a`, if there is one. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    path.push(node);
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const cycle = visit(node);
    if (cycle) return cycle;
  }
  return undefined;
}

function checkFileCycle(root: string, files: readonly SourceFile[]): Violation[] {
  const known = new Set(files.map(({ path }) => path));
  const edges = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter(({ specifier }) => specifier.startsWith("."))
        .map(({ specifier }) => posix.join(posix.dirname(file.path), specifier))
        .filter((path) => known.has(path) || existsSync(join(root, path))),
    ]),
  );
  const cycle = findCycle(edges);
  return cycle ? [at(cycle[0] ?? "", 1, "cycle", `files import each other: ${cycle.join(" -> ")}`)] : [];
}

function checkPackageCycle(packages: readonly WorkspacePackage[]): Violation[] {
  const edges = new Map(
    packages.map(({ manifest }) => [
      manifest.name,
      Object.keys({
        ...manifest.dependencies,
        ...manifest.devDependencies,
        ...manifest.peerDependencies,
      }).filter((name) => name.startsWith(scope)),
    ]),
  );
  const cycle = findCycle(edges);
  return cycle ? [at("package.json", 1, "cycle", `packages need each other: ${cycle.join(" -> ")}`)] : [];
}

/** What belongs to the process, not to a library: object -> members (all of them where the list is empty). */
const processMembers: Readonly<Record<string, readonly string[]>> = {
  console: [],
  process: ["env", "cwd", "chdir", "exit", "argv", "stdout", "stderr", "stdin"],
};
const processFunctions = new Set(["homedir", "tmpdir"]);
const processModules = new Set(["node:process", "process", "node:os", "os", "node:console"]);

/** Environment variables, folders of the machine and console output below `apps/`. */
function checkProcessUse(pack: WorkspacePackage, file: SourceFile): Violation[] {
  const found: Violation[] = [];
  const backend = pack.short === "engine" && file.path.includes("/src/backends/");
  for (const { specifier, line } of importsOf(file)) {
    if (processModules.has(specifier) && pack.short !== "engine") {
      found.push(
        at(file.path, line, "process", `"${specifier}" belongs to apps; take what you need as an argument`),
      );
    }
  }
  walk(file.ast, (node) => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      const members = processMembers[node.expression.text];
      if (members === undefined || (members.length > 0 && !members.includes(node.name.text))) return;
      const what = `${node.expression.text}.${node.name.text}`;
      if (backend && what === "process.env") return;
      found.push(
        at(file.path, lineOf(file.ast, node), "process", `${what} belongs to apps; take it as an argument`),
      );
    } else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const name = node.expression.text;
      if (!processFunctions.has(name) || backend) return;
      found.push(
        at(file.path, lineOf(file.ast, node), "process", `${name}() belongs to apps; take the folder`),
      );
    }
  });
  return found;
}

/** Checks the layer rule on every package of the tree at `root`. */
export function checkLayers(root: string): { violations: Violation[]; packages: number; files: number } {
  const packages = workspacePackages(root);
  const violations = checkPackageCycle(packages);
  let files = 0;
  for (const pack of packages) {
    const rule = pack.isApp ? undefined : layers[pack.short];
    if (!pack.isApp && rule === undefined) {
      const message = `${pack.short} has no line in the table of tooling/check-layers.ts; give it its layer`;
      violations.push(at(`${pack.id}/package.json`, 1, "layer", message));
    }
    const sources = sourcesOf(root, pack.id);
    files += sources.length;
    violations.push(...checkManifest(pack, rule), ...checkFileCycle(root, sources));
    for (const file of sources) {
      violations.push(...checkImports(pack, file, rule));
      if (!pack.isApp) violations.push(...checkProcessUse(pack, file));
    }
  }
  return { violations, packages: packages.length, files };
}

if (isMain(import.meta.url)) {
  const { violations, packages, files } = checkLayers(repositoryRoot);
  process.exitCode = reportViolations("layers", violations, `${packages} packages, ${files} files`);
}
