import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { writeDocument } from "../src/write-document.ts";
import { temporaryFolder } from "./run-bench.ts";

const numbers = {
  name: "study",
  json: "{}",
  document: { markdown: "| 1 |", figures: { "study-gaps.svg": "<svg/>" } },
};

describe("writeDocument", () => {
  it("begins a file, and later changes nothing but what stands between its marks", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "study.md");
    await writeDocument(path, numbers);
    const begun = readFileSync(path, "utf8");
    expect(begun).toContain("# study\n\n<!-- numbers of study: begin -->\n\n| 1 |\n\n<!-- numbers");
    writeFileSync(path, `before\n${begun}after\n`);
    await writeDocument(path, { ...numbers, document: { ...numbers.document, markdown: "| 2 |" } });
    expect(readFileSync(path, "utf8")).toBe(`before\n${begun.replace("| 1 |", "| 2 |")}after\n`);
    expect(readdirSync(folder).sort()).toEqual(["study-gaps.svg", "study.json", "study.md"]);
  });

  it.each([
    ["a folder", "folder", /report: --docs must be a Markdown file .*found something else at .*folder/],
    ["a place below a file", "file/x.md", /report: .*file\/x\.md cannot be read \(ENOTDIR\)/],
    ["a file without the marks", "file", /report: expected the lines .*once each in .*file/],
  ])("refuses %s and writes nothing", async (_what, name, pattern) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "folder"));
    writeFileSync(join(folder, "file"), "text");
    await expect(writeDocument(join(folder, name), numbers)).rejects.toThrow(pattern);
    expect(readdirSync(folder).sort()).toEqual(["file", "folder"]);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("text");
  });

  it("refuses a device, which could be read for ever", async () => {
    await expect(writeDocument("/dev/full", numbers)).rejects.toThrow(/found something else at \/dev\/full/);
  });
});
