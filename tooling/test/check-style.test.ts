import { describe, expect, it } from "vitest";

import { checkStyle } from "../check-style.ts";
import { repositoryRoot } from "../workspace.ts";

import { manifest, withTree } from "./planted-tree.ts";

/** Rules that a package `train` with this one file breaks. */
const rulesOf = (source: string, path = "packages/train/src/sgd.ts"): string[] =>
  withTree({ "packages/train/package.json": manifest("train"), [path]: source }, (root) =>
    checkStyle(root).violations.map(({ rule }) => rule),
  );
const fromTfjs = (names: string, body: string): string =>
  `import { ${names} } from "@tensorflow/tfjs-core";\n${body}`;

describe("checkStyle", () => {
  it("finds nothing to say about this repository", () => {
    expect(checkStyle(repositoryRoot).violations).toEqual([]);
  });

  it("accepts functions on tensors, seeded numbers and built-in methods of the same names", () => {
    const source = fromTfjs(
      "add, mul, randomNormal, type Tensor",
      `export function f(a: Tensor, names: Set<string>, rows: number[]): Tensor {
        names.add("x"); Math.max(...rows.slice(1)); [1].concat(rows).reverse();
        return mul(add(a, a), randomNormal([2], 0, 1, "float32", 7));
      }`,
    );
    expect(rulesOf(source)).toEqual([]);
  });

  it.each([
    ["Math.random", "export const a = Math.random();"],
    ["a shuffle without seed", fromTfjs("util", "util.shuffle([1]);")],
    ["tf.util.shuffle", "tf.util.shuffle([1]);"],
    ["an unseeded randomNormal", fromTfjs("randomNormal", "randomNormal([2]);")],
    ["a seed of 0", fromTfjs("randomNormal", 'randomNormal([2], 0, 1, "float32", 0);')],
    ["an unseeded dropout", fromTfjs("dropout", "export const f = (x) => dropout(x, 0.5);")],
    ["tf.randomUniform", "tf.randomUniform([2]);"],
  ])("refuses %s", (_what, source) => {
    expect(rulesOf(source)).toContain("random");
  });

  it.each([
    ["a name that only tensors have", "export const f = (x) => x.toFloat();"],
    ["a chain behind an op", fromTfjs("add", "export const f = (x) => add(x, x).mul(x);")],
    ["a tensor by its type", fromTfjs("type Tensor2D", "export const f = (x: Tensor2D) => x.slice([0]);")],
    ["a tensor by how it was made", fromTfjs("sum", "const s = sum([1]); export const t = s.sqrt();")],
  ])("refuses chained operations: %s", (_what, source) => {
    expect(rulesOf(source)).toEqual(["chained-op"]);
  });

  it.each([
    ["directly", "valueAndGradient((p) => valueAndGradient((q) => f(q), p).value, params);"],
    [
      "through a function of the file",
      "function slope(p) { return valueAndGradient(f, p).value; } valueAndGradient((p) => slope(p), params);",
    ],
    ["by its name", "const slope = (p) => valueAndGradient(f, p).value; valueAndGradient(slope, params);"],
    ["through the engine", "engine().gradients(() => valueAndGradient(f, p).value, xs);"],
  ])("refuses a gradient inside a gradient: %s", (_what, source) => {
    expect(rulesOf(`import { valueAndGradient } from "@ltu/core";\n${source}`)).toContain("nested-gradient");
  });

  it("accepts two gradients one after the other", () => {
    expect(rulesOf("const a = valueAndGradient(f, p); export const b = valueAndGradient(g, p);")).toEqual([]);
  });

  it("refuses the gradients of TensorFlow.js outside core", () => {
    expect(rulesOf(fromTfjs("grads", "grads(f);"))).toEqual(["gradient"]);
  });

  it("lets nobody but the engine register or choose a backend", () => {
    for (const name of ["registerKernel", "unregisterGradient", "registerBackend", "setBackend"]) {
      expect(rulesOf(fromTfjs(name, `${name}();`)), name).toEqual(["registering"]);
      expect(rulesOf(fromTfjs(name, `${name}();`), "packages/engine/src/a.ts"), name).toEqual([]);
    }
  });

  it.each([
    ["deep-import", `import { x } from "@tensorflow/tfjs-core/dist/ops/add";`],
    ["tfjs-namespace", `import * as tf from "@tensorflow/tfjs-core";`],
    ["tfjs-variable", fromTfjs("variable", "variable(1);")],
    ["sync-read", "export const f = (x) => x.dataSync();"],
    ["debugger", "debugger;"],
    ["default-export", "export default 1;"],
    ["default-export", "export default function f() {}"],
    ["machine-path", 'export const folder = "/home/me/data";'],
    ["machine-path", "// see /tmp/notes"],
    ["registry", 'export const url = "https://registry.npmjs.org/x";'],
  ])("refuses %s: %s", (rule, source) => {
    expect(rulesOf(source)).toEqual([rule]);
  });

  it.each([
    ["code", "export const a = 1;"],
    ["a star", 'export * from "./a.ts";'],
    ["files out of order", 'export { b } from "./b.ts";\nexport { a } from "./a.ts";'],
  ])("refuses %s in an index.ts", (_what, source) => {
    expect(rulesOf(source, "packages/train/src/index.ts")).toEqual(["index"]);
  });

  it.each([
    "it.only('x', f);",
    "describe.only('x', f);",
    "test.each([1]).only('x', f);",
    "it.only.each([1])('x', f);",
  ])("refuses a test that silences the others: %s", (source) => {
    expect(rulesOf(source, "packages/train/test/sgd.test.ts")).toEqual(["only"]);
  });

  it("refuses a debugger call in a test", () => {
    expect(rulesOf("debugger;", "packages/train/test/sgd.test.ts")).toEqual(["debugger"]);
  });

  it("reads the words of the documentation", () => {
    expect(rulesOf("Put it into `/work/data`.", "docs/a.md")).toEqual(["machine-path"]);
  });

  it("names files that may hold more than one concept", () => {
    const files = {
      "packages/train/package.json": manifest("train"),
      "packages/train/src/a.ts": "\n".repeat(300),
    };
    expect(withTree(files, (root) => checkStyle(root).long)).toEqual(["packages/train/src/a.ts (300 lines)"]);
  });
});
