import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";

import type { Plugin } from "vite";

import { exampleAsJavaScript, examplesOf } from "./doc-examples.ts";
import { repositoryRoot } from "./workspace.ts";

const request = /^(.*\.(?:md|ts))\?example=(\d+)$/;

/**
 * Makes `import("<file>?example=<n>")` load the n-th example of a README or source file. The example keeps the
 * place of its file, so its imports are found as they would be by a module of that package.
 */
export function exampleModules(): Plugin {
  return {
    name: "ltu-example-modules",
    enforce: "pre",
    resolveId: (id) => (request.test(id) ? id : undefined),
    load: (id) => {
      const found = request.exec(id);
      if (!found) return undefined;
      const file = found[1] ?? "";
      const name = relative(repositoryRoot, file).split(sep).join("/");
      const example = examplesOf(name, readFileSync(file, "utf8"))[Number(found[2])];
      return example && { code: exampleAsJavaScript(example.code), map: null };
    },
  };
}
