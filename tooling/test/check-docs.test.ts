import { describe, expect, it } from "vitest";

import { checkDocs } from "../check-docs.ts";
import { repositoryRoot } from "../workspace.ts";

import { withTree } from "./planted-tree.ts";

const found = (readme: string): string[] =>
  withTree(
    {
      "package.json": JSON.stringify({ name: "ltu", scripts: { start: "", doctor: "" } }),
      "docs/results.md": "# Measured results\n\n## With `small-cnn`, 2 cores\n",
      "README.md": readme,
    },
    (root) => checkDocs(root).violations.map(({ rule, line, message }) => `${line} ${rule}: ${message}`),
  );

describe("checkDocs", () => {
  it("finds nothing to say about this repository", () => {
    expect(checkDocs(repositoryRoot).violations).toEqual([]);
  });

  it("accepts links, anchors, paths and commands that exist", () => {
    const readme = [
      "# A",
      "[r](docs/results.md) [s](docs/results.md#with-small-cnn-2-cores) [t](#a) [u](https://example.org/x)",
      "`docs/results.md`, `docs/MY-PAGE.md`, `npm start`, `npm run doctor`",
    ];
    expect(found(readme.join("\n"))).toEqual([]);
  });

  it.each([
    ["a link to nothing", "[r](docs/result.md)", 'link: "docs/result.md" does not exist'],
    ["a link out of the repository", "[r](../other)", 'link: "../other" does not exist'],
    [
      "a heading that is not there",
      "[r](docs/results.md#speed)",
      'link: "docs/results.md" has no heading "#speed"',
    ],
    [
      "a folder that is not there",
      "Run the tests in `packages/tests`.",
      'path: "packages/tests" does not exist',
    ],
    [
      "a command that is not there",
      "`npm run bench`",
      'command: "npm run bench" is no script of package.json',
    ],
    ["npm test without tests", "`npm test`", 'command: "npm run test" is no script of package.json'],
  ])("names %s", (_what, row, message) => {
    expect(found(`# A\n\n${row}\n`)).toEqual([`3 ${message}`]);
  });

  it("reads commands in code blocks, and no links there", () => {
    expect(found("```sh\nnpm run bench # [x](nothing)\n```\n")).toEqual([
      '2 command: "npm run bench" is no script of package.json',
    ]);
  });
});
