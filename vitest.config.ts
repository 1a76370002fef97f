import { existsSync, readdirSync } from "node:fs";

import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig, type ViteUserConfig } from "vitest/config";

import { exampleModules } from "./tooling/example-modules.ts";

/** Workspace folders that have tests. */
const folders = ["packages", "apps"]
  .flatMap((top) => readdirSync(top).map((name) => `${top}/${name}`))
  .filter((folder) => existsSync(`${folder}/test`));

/** Tests read the sources of sibling packages, so nothing needs a build. A list replaces Vite's, hence the spread. */
const sourceFirst = {
  resolve: { conditions: ["@ltu/source", ...defaultClientConditions] },
  ssr: {
    resolve: {
      conditions: ["@ltu/source", ...defaultServerConditions],
      externalConditions: ["@ltu/source", ...defaultServerConditions],
    },
  },
};

/** The engines on which `*.engine.test.ts` runs; `native` only where libtensorflow is there (LTU_TEST_NATIVE=1). */
const engines = ["wasm", ...(process.env["LTU_TEST_NATIVE"] === "1" ? ["native"] : [])];

/**
 * How long a test or a hook may take, so that one that hangs is ended. No test is about speed: a machine may be slow, or at
 * other work.
 */
const patience = { testTimeout: 300_000, hookTimeout: 300_000 };
/** The same for tests that start processes, some dozens one after the other. */
const longPatience = { testTimeout: 1_200_000, hookTimeout: 1_200_000 };

// The files of a worker share its engine (`isolate: false`): loading TensorFlow.js anew for each of some hundred files
// takes longer than the tests. The setup counts tensors around each test and makes the project's engine current again.
const config: ViteUserConfig = defineConfig({
  ...sourceFirst,
  test: {
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        ...sourceFirst,
        test: {
          name: "unit",
          include: [...folders.map((folder) => `${folder}/test/**/*.test.ts`), "tooling/test/**/*.test.ts"],
          exclude: ["**/*.e2e.test.ts", "**/*.docs.test.ts"],
          setupFiles: ["tooling/vitest-setup.ts"],
          env: { LTU_TEST_ENGINE: "cpu" },
          isolate: false,
          ...patience,
        },
      },
      ...engines.map((engine) => ({
        ...sourceFirst,
        test: {
          name: engine,
          include: folders.map((folder) => `${folder}/test/**/*.engine.test.ts`),
          setupFiles: ["tooling/vitest-setup.ts"],
          env: { LTU_TEST_ENGINE: engine },
          isolate: false,
          ...patience,
        },
      })),
      {
        ...sourceFirst,
        plugins: [exampleModules()],
        test: {
          name: "docs",
          include: ["tooling/test/**/*.docs.test.ts"],
          ...patience,
        },
      },
      {
        ...sourceFirst,
        test: {
          name: "e2e",
          include: [
            ...folders.map((folder) => `${folder}/test/**/*.e2e.test.ts`),
            "tooling/test/**/*.e2e.test.ts",
          ],
          ...longPatience,
        },
      },
    ],
  },
});

export default config;
