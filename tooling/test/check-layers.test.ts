import { readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { checkLayers, layers } from "../check-layers.ts";
import { repositoryRoot } from "../workspace.ts";

import { manifest, withTree } from "./planted-tree.ts";

const core = { "packages/core/package.json": manifest("core"), "packages/core/src/index.ts": "" };
const workspace = { "@ltu/core": "workspace:^" };
const tfjsCore = { "@tensorflow/tfjs-core": "catalog:" };

/** A tree of `core` and one other package with `source` as its only file. */
const planted = (name: string, source: string, rest: object = {}): string[] =>
  rulesOf({
    ...core,
    [`packages/${name}/package.json`]: manifest(name, {
      dependencies: workspace,
      peerDependencies: tfjsCore,
      ...rest,
    }),
    [`packages/${name}/src/index.ts`]: source,
  });

const rulesOf = (files: Record<string, string>): string[] =>
  withTree(files, (root) => checkLayers(root).violations.map(({ rule, message }) => `${rule}: ${message}`));

describe("checkLayers", () => {
  it("finds nothing to say about this repository", () => {
    expect(checkLayers(repositoryRoot).violations).toEqual([]);
  });

  it("has a line for every package folder", () => {
    expect(Object.keys(layers).sort()).toEqual(readdirSync(join(repositoryRoot, "packages")).sort());
  });

  it("accepts an import up the list", () => {
    expect(planted("harmonize", `export { createRng } from "@ltu/core";`)).toEqual([]);
  });

  it.each([
    ["static", `import { a } from "@ltu/samplers"; export const b = a;`],
    ["type-only", `import type { a } from "@ltu/samplers"; export type b = a;`],
    ["re-export", `export { a } from "@ltu/samplers";`],
    ["star re-export", `export * from "@ltu/samplers";`],
    ["dynamic", `export const b = (): Promise<unknown> => import("@ltu/samplers");`],
    ["type expression", `export type b = import("@ltu/samplers").a;`],
  ])("refuses a %s import of a sibling", (_kind, source) => {
    expect(planted("harmonize", source).join("\n")).toContain(
      "layer: @ltu/harmonize may import @ltu/core; found",
    );
  });

  it("refuses a sibling in the manifest, as dependency and as peer", () => {
    const dependencies = { ...workspace, "@ltu/samplers": "workspace:^" };
    expect(planted("harmonize", "", { dependencies })).toEqual(["layer: @ltu/samplers is not in its layer"]);
    const peerDependencies = { ...tfjsCore, "@ltu/core": "workspace:^" };
    expect(planted("harmonize", "", { peerDependencies })).toEqual([
      "peer: @ltu/core must be a dependency: a peer turns each minor into a major",
    ]);
  });

  it("lets unlearn see the feedback half of mia and not its evaluators", () => {
    const dependencies = { ...workspace, "@ltu/mia": "workspace:^" };
    const of = (path: string): string[] =>
      planted("unlearn", `export { a } from "${path}";`, { dependencies });
    expect(of("@ltu/mia/feedback")).toEqual([]);
    expect(of("@ltu/mia/evaluators").join()).toContain("layer: @ltu/unlearn may import");
    expect(of("@ltu/mia").join()).toContain("layer: @ltu/unlearn may import");
  });

  it("keeps engine for the apps", () => {
    const dependencies = { ...workspace, "@ltu/engine": "workspace:^" };
    const found = planted("runner", `import "@ltu/engine";`, { dependencies });
    expect(found).toContain("engine: only apps may import @ltu/engine");
    expect(found).toContain("engine: only apps may depend on @ltu/engine");
  });

  it("wants tfjs-core as a peer and the runtimes in engine alone", () => {
    const dependencies = { ...workspace, ...tfjsCore, "@tensorflow/tfjs": "catalog:" };
    const found = planted("train", `import "@tensorflow/tfjs";`, { dependencies }).join("\n");
    expect(found).toContain("peer: @tensorflow/tfjs-core must be a peer");
    expect(found).toContain("tensors: @tensorflow/tfjs is a runtime");
    expect(found).toContain("tensors: only @tensorflow/tfjs-core is allowed here");
    expect(planted("metrics", `import "@tensorflow/tfjs-core";`, { dependencies: {} })).toEqual([
      'tensors: @ltu/metrics works without tensors; found "@tensorflow/tfjs-core"',
    ]);
  });

  it("lets one folder of models name its optional peer, and no other file that folder", () => {
    const name = "@tensorflow/tfjs-layers";
    const of = (files: Record<string, string>, optional = true): string[] =>
      rulesOf({
        ...core,
        "packages/models/package.json": manifest("models", {
          dependencies: workspace,
          peerDependencies: { ...tfjsCore, [name]: "catalog:" },
          peerDependenciesMeta: { [name]: { optional } },
        }),
        ...files,
      });
    const adapter = {
      "packages/models/src/layers-model/index.ts": `export type { LayersModel } from "${name}";`,
    };
    expect(of(adapter)).toEqual([]);
    expect(of(adapter, false)).toEqual([`peer: ${name} must be an optional peer of @ltu/models`]);
    expect(of({ "packages/models/src/mlp.ts": `import "${name}";` }).join()).toContain(
      "only @tensorflow/tfjs-core is allowed here",
    );
    const main = {
      "packages/models/src/index.ts": `export type { LayersModel } from "./layers-model/index.ts";`,
    };
    expect(of({ ...adapter, ...main })).toEqual([
      `peer: "./layers-model/index.ts" needs ${name}, an optional peer; only its own sub-path may`,
    ]);
  });

  it("wants every import declared, and not as a development dependency", () => {
    const devDependencies = { "d3-random": "catalog:" };
    expect(planted("harmonize", `import "d3-random";`, { devDependencies })).toEqual([
      'undeclared: "d3-random" is not declared in packages/harmonize/package.json',
    ]);
  });

  it("wants versions from the catalog and own packages from the workspace", () => {
    const dependencies = { "@ltu/core": "^1.0.0", zod: "4.0.0" };
    expect(planted("harmonize", "", { dependencies })).toEqual([
      'version: @ltu/core must be "workspace:^", found "^1.0.0"',
      'version: zod must be "catalog:", found "4.0.0"',
    ]);
  });

  it("finds files that import each other, and packages that need each other", () => {
    const found = rulesOf({
      ...core,
      "packages/core/src/a.ts": `export { b } from "./b.ts";`,
      "packages/core/src/b.ts": `export { a } from "./a.ts";`,
    });
    expect(found.join()).toContain(
      "packages/core/src/a.ts -> packages/core/src/b.ts -> packages/core/src/a.ts",
    );
    const packages = rulesOf({
      "packages/core/package.json": manifest("core", { devDependencies: { "@ltu/testing": "workspace:^" } }),
      "packages/testing/package.json": manifest("testing", { private: true, dependencies: workspace }),
    });
    expect(packages).toEqual(["cycle: packages need each other: @ltu/core -> @ltu/testing -> @ltu/core"]);
  });

  it("refuses a path into another package", () => {
    expect(planted("harmonize", `export { a } from "../../core/src/index.ts";`).join()).toContain(
      "leaves the package",
    );
  });

  it.each([
    "console.log(1);",
    `export const a = process.env["LTU_DATA"];`,
    "export const a = process.cwd();",
    "process.exit(1);",
    `import { tmpdir } from "node:os"; export const a = tmpdir();`,
    `import { env } from "node:process"; export const a = env;`,
  ])("keeps the process for the apps: %s", (source) => {
    expect(planted("harmonize", source).join()).toContain("process: ");
    const app = {
      "apps/bench/package.json": manifest("bench", { private: true }),
      "apps/bench/src/main.ts": source,
    };
    expect(rulesOf({ ...core, ...app })).toEqual([]);
  });

  it("lets a backend of engine read the environment, and no other file of it", () => {
    const read = `export const a = process.env["X"];`;
    const engine = {
      ...core,
      "packages/engine/package.json": manifest("engine", { dependencies: workspace }),
      "packages/engine/src/backends/native.ts": read,
    };
    expect(rulesOf(engine)).toEqual([]);
    expect(rulesOf({ ...engine, "packages/engine/src/resolve.ts": read }).join()).toContain("process.env");
  });

  it("refuses a package without a line in the table", () => {
    expect(planted("helpers", "").join()).toContain("helpers has no line in the table");
  });
});
