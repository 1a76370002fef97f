import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import type { Plugin } from "vite";

import { exampleAsJavaScript, examplesOf } from "./doc-examples.ts";
import { repositoryRoot } from "./workspace.ts";

const request = /^(.*\.(?:md|ts))\?example=(\d+)$/;

/** A module that can import every package of ours. */
const everything = join(repositoryRoot, "apps/bench/src/main.ts");

/**
 * Makes `import("<file>?example=<n>")` load the n-th example of a README or source file. The example keeps the
 * place of its file, so its imports are found as they would be by a module of that package; a package of
 * ours that it does not depend on is found as well, because the reader installs what the install line names.
 */
export function exampleModules(): Plugin {
  return {
    name: "ltu-example-modules",
    enforce: "pre",
    async resolveId(id, importer) {
      if (request.test(id)) return id;
      if (!id.startsWith("@ltu/") || importer === undefined || !request.test(importer)) return undefined;
      return (await this.resolve(id, importer, { skipSelf: true })) ?? this.resolve(id, everything);
    },
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
