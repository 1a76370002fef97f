import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { temporaryName } from "../src/atomic-write.ts";
import { contentKey } from "../src/content-key.ts";
import { openStore } from "../src/store.ts";
import { emptyFolder, filesBelow } from "./folder.ts";

const key = contentKey("a");
const otherKey = contentKey("b");

describe("openStore", () => {
  it("finds what was kept again under the key it was written with, also after it was opened anew", async () => {
    const folder = await emptyFolder();
    const store = await openStore(folder);
    await store.write(key, Uint8Array.of(1, 2, 3));
    expect(await store.read(key)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await (await openStore(folder)).read(key)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await store.read(otherKey)).toBeUndefined();
  });

  it("keeps any bytes, none included", async () => {
    const store = await openStore(await emptyFolder());
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const name = contentKey([...bytes]);
        await store.write(name, bytes);
        expect(await store.read(name)).toEqual(Uint8Array.from(bytes));
      }),
      { numRuns: 20 },
    );
  });

  it("treats an artefact with any flipped bit, or cut short, as absent and says so", async () => {
    const folder = await emptyFolder();
    const store = await openStore(folder);
    const path = join(folder, "artefacts", key);
    await store.write(key, Uint8Array.of(1, 2, 3));
    const whole = await readFile(path);
    const damages = Array.from(whole, (byte, i) => whole.with(i, byte ^ 1));
    for (const damaged of [...damages, whole.subarray(0, -1), whole.subarray(0, 5), new Uint8Array(0)]) {
      await writeFile(path, damaged);
      const onDamaged = vi.fn<() => void>();
      expect(await store.read(key, { onDamaged })).toBeUndefined();
      expect(onDamaged).toHaveBeenCalledOnce();
    }
    await store.write(key, Uint8Array.of(4));
    expect(await store.read(key)).toEqual(Uint8Array.of(4));
  });

  it("does not take a file under a wrong key for a result", async () => {
    const folder = await emptyFolder();
    const store = await openStore(folder);
    await store.write(key, Uint8Array.of(1, 2, 3));
    await writeFile(join(folder, "artefacts", otherKey), await readFile(join(folder, "artefacts", key)));
    expect(await store.read(otherKey)).toBeUndefined();
  });

  it("keeps the newest checkpoint until it is removed", async () => {
    const store = await openStore(await emptyFolder());
    const checkpoint = store.checkpoint(key);
    expect(await checkpoint.load()).toBeUndefined();
    await checkpoint.save(Uint8Array.of(1));
    await checkpoint.save(Uint8Array.of(2));
    expect(await checkpoint.load()).toEqual(Uint8Array.of(2));
    await store.removeCheckpoint(key);
    expect(await checkpoint.load()).toBeUndefined();
    await store.removeCheckpoint(key);
  });

  it("treats a damaged note as none", async () => {
    const folder = await emptyFolder();
    const store = await openStore(folder);
    await store.writeNote(key, { wallMs: 5 });
    expect(await store.readNote(key)).toEqual({ wallMs: 5 });
    await writeFile(join(folder, "artefacts", `${key}.json`), "{");
    expect(await store.readNote(key)).toBeUndefined();
  });

  it("removes what dead processes left half-written, and nothing of living ones", async () => {
    const folder = await emptyFolder();
    await openStore(folder);
    const ours = temporaryName(join(folder, "artefacts", key));
    const dead = ours.replace(`.${process.pid}-`, ".4194305-");
    const sameIdBefore = ours.replace(/-[0-9a-f]{8}-([0-9a-f]{8}\.tmp)$/, "-00000000-$1");
    const alive = ours.replace(`.${process.pid}-`, `.${process.ppid}-`);
    const aliveOld = alive.replace(key, otherKey);
    const notOurs = join(folder, "artefacts", "notes.tmp");
    for (const path of [ours, dead, sameIdBefore, alive, aliveOld, notOurs]) await writeFile(path, "part");
    await utimes(aliveOld, new Date(), new Date(Date.now() - 2 * 86_400_000));
    await openStore(folder);
    const left = (await filesBelow(folder)).filter((name) => name.endsWith(".tmp"));
    expect(left).toEqual([ours, alive, notOurs].map((path) => path.slice(folder.length + 1)).toSorted());
  });

  it("is not corrupted by two stores that write the same keys at the same time", async () => {
    const folder = await emptyFolder();
    const stores = [await openStore(folder), await openStore(folder)];
    const bytes = new Uint8Array(100_000).fill(7);
    await Promise.all(
      stores.flatMap((store) =>
        Array.from({ length: 10 }, async () => {
          await store.write(key, bytes);
          expect(Buffer.compare((await store.read(key)) ?? new Uint8Array(), bytes)).toBe(0);
        }),
      ),
    );
    expect(await filesBelow(folder)).toEqual([`artefacts/${key}`, "store.json"]);
  });

  it.each([
    [
      "below a file",
      async (folder: string) => (await writeFile(join(folder, "f"), ""), join(folder, "f", "runs")),
    ],
    ["that is a file", async (folder: string) => (await writeFile(join(folder, "f"), ""), join(folder, "f"))],
    ["that is a device", async () => "/dev/full"],
    ["below a device", async () => "/dev/full/runs"],
  ])("says in one sentence that a folder %s cannot be used", async (_, make) => {
    const folder = await make(await emptyFolder());
    await expect(openStore(folder)).rejects.toMatchObject({
      code: "STORE",
      message: expect.stringMatching(/^store: the folder .* cannot be made: .*choose another folder\.$/),
    });
  });

  it("says so when writing fails later, and leaves nothing half-written", async () => {
    const folder = await emptyFolder();
    const store = await openStore(folder);
    const { symlink } = await import("node:fs/promises");
    await symlink("/dev/full", join(folder, "artefacts", key));
    await expect(store.write(key, Uint8Array.of(1))).rejects.toMatchObject({ code: "STORE" });
    expect((await filesBelow(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("refuses a folder that holds a store of another version", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "store.json"), '{"format":"ltu-store","version":2}');
    await expect(openStore(folder)).rejects.toThrow("choose another folder, or use the LTU version");
  });

  it("refuses a key that is not one of contentKey, so that no path can be smuggled in", async () => {
    const store = await openStore(await emptyFolder());
    expect(() => store.read("../secret")).toThrow("make it with contentKey");
  });
});
