import { readFile, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { isLeftover, makeFolder, temporaryName, writeFileAtomic } from "../src/atomic-write.ts";
import { emptyFolder, filesBelow } from "./folder.ts";

describe("writeFileAtomic", () => {
  it("puts the bytes in place of the old ones and leaves nothing else", async () => {
    const path = join(await emptyFolder(), "a");
    await writeFileAtomic(path, Uint8Array.of(1));
    await writeFileAtomic(path, Uint8Array.of(2, 3));
    expect([...(await readFile(path))]).toEqual([2, 3]);
    expect(await filesBelow(join(path, ".."))).toEqual(["a"]);
  });

  it("writes once more when somebody else cleans its temporary file away", async () => {
    const folder = await emptyFolder();
    let cleaned = 0;
    let done = false;
    const cleaner = (async () => {
      while (!done && cleaned === 0) {
        for (const name of await readdir(folder)) {
          if (!name.endsWith(".tmp")) continue;
          await rm(join(folder, name), { force: true });
          cleaned++;
          break;
        }
      }
    })();
    await writeFileAtomic(join(folder, "a"), new Uint8Array(20_000_000).fill(7));
    done = true;
    await cleaner;
    expect((await readFile(join(folder, "a"))).length).toBe(20_000_000);
    expect(cleaned).toBe(1);
  });

  it("says that the folder is missing", async () => {
    await expect(
      writeFileAtomic(join(await emptyFolder(), "no", "a"), Uint8Array.of(1)),
    ).rejects.toMatchObject({
      code: "STORE",
      message: expect.stringContaining("part of its path does not exist"),
    });
  });
});

describe("makeFolder", () => {
  it("makes a folder and those above it, also when it is there", async () => {
    const folder = join(await emptyFolder(), "a", "b");
    await makeFolder(folder);
    await makeFolder(folder);
    expect((await stat(folder)).isDirectory()).toBe(true);
  });

  it("makes one folder for many who ask at once", async () => {
    const folder = join(await emptyFolder(), "a", "b");
    await Promise.all([1, 2, 3, 4].map(() => makeFolder(folder)));
    expect((await stat(folder)).isDirectory()).toBe(true);
  });

  it("comes to an end where the system has no room for folders", async () => {
    await expect(makeFolder("/proc/ltu-output/below")).rejects.toMatchObject({
      code: "STORE",
      message: expect.stringMatching(/^store: the folder \/proc\/ltu-output\/below cannot be made: .*\.$/),
    });
  });
});

describe("isLeftover", () => {
  it("leaves names alone that no writer of ours makes", () => {
    expect(isLeftover("notes.tmp", 0, Number.MAX_SAFE_INTEGER)).toBe(false);
    expect(isLeftover(temporaryName("a"), 0, 1000)).toBe(false);
  });
});
