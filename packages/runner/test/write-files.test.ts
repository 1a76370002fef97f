import { mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { writeDurably } from "../src/atomic-write.ts";
import { storeError } from "../src/store-error.ts";
import { writeFiles } from "../src/write-files.ts";
import { emptyFolder, filesBelow } from "./folder.ts";

describe("writeFiles", () => {
  it("writes all files, text as UTF-8, and makes the folder", async () => {
    const folder = join(await emptyFolder(), "a", "b");
    await writeFiles(folder, { "result.json": Uint8Array.of(123, 125), "report.html": "\u03c1" });
    expect(await readFile(join(folder, "result.json"), "utf8")).toBe("{}");
    expect(await readFile(join(folder, "report.html"))).toEqual(Buffer.from([0xcf, 0x81]));
    expect(await readdir(folder)).toEqual(["report.html", "result.json"]);
  });

  it("replaces files that are there, also through a symbolic link", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "elsewhere"), "old");
    await symlink(join(folder, "elsewhere"), join(folder, "a"));
    await writeFiles(folder, { a: "new" });
    expect(await readFile(join(folder, "elsewhere"), "utf8")).toBe("new");
    expect(await filesBelow(folder)).toEqual(["a", "elsewhere"]);
  });

  it.each(["a folder", "a full disk"])("writes none when one of them cannot be written: %s", async (kind) => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "a"), "old");
    if (kind === "a folder") await mkdir(join(folder, "b"));
    else await symlink("/dev/full", join(folder, "b"));
    await expect(writeFiles(folder, { a: "new", b: "new", c: "new" })).rejects.toMatchObject({
      code: "STORE",
      message: expect.stringMatching(
        /^store: .*b must be a plain file or absent, found a (folder|device).*\.$/,
      ),
    });
    expect(await readFile(join(folder, "a"), "utf8")).toBe("old");
    expect((await readdir(folder)).toSorted()).toEqual(["a", "b"]);
  });

  it.each([
    ["below a file", "f/out"],
    ["that is a file", "f"],
  ])("says in one sentence that a folder %s cannot be used", async (_, name) => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "f"), "");
    await expect(writeFiles(join(folder, name), { a: "new" })).rejects.toMatchObject({
      code: "STORE",
      message: expect.stringMatching(/^store: the folder .* cannot be made: .*; choose another folder\.$/),
    });
    expect(await readFile(join(folder, "f"), "utf8")).toBe("");
  });

  it.each(["", ".", "..", "a/b", "../a"])("refuses the name %j", async (name) => {
    const folder = await emptyFolder();
    await expect(writeFiles(folder, { [name]: "" })).rejects.toMatchObject({ code: "OPTION" });
  });

  it("has words for a folder that may not be written to", () => {
    // Root may write anywhere, so the message is checked on the error and not on a folder.
    const denied = Object.assign(new Error("denied"), { code: "EACCES" });
    expect(storeError("x cannot be written", denied).message).toBe(
      "store: x cannot be written: permission denied (EACCES); choose a folder you may write to.",
    );
  });
});

describe("writeDurably", () => {
  it("fails on a full disk, and the error says so", async () => {
    const error = await writeDurably("/dev/full", Uint8Array.of(1)).catch((cause: unknown) => cause);
    expect(storeError("result.json cannot be written", error)).toMatchObject({
      code: "STORE",
      message:
        "store: result.json cannot be written: no space is left on the disk (ENOSPC); free some space or choose another disk.",
      cause: error,
    });
  });
});
