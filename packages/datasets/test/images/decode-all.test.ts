import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setImmediate as nextTurn } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { decodeAll, type DecodeAllRequest } from "../../src/images/decode-all.ts";
import type { FileTree } from "../../src/images/file-tree.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Files whose only byte is their number. */
const treeOf = (names: readonly string[], order: readonly string[] = names): FileTree => ({
  path: "pictures",
  names: order,
  folders: [],
  read: async (wanted, use) => {
    for (const name of order) if (wanted.has(name)) await use(name, Uint8Array.of(names.indexOf(name)));
  },
  close: () => undefined,
});
const names = Array.from({ length: 40 }, (_, i) => `${i}.png`);
const request = (own: Partial<DecodeAllRequest>): DecodeAllRequest => ({
  where: "test",
  tree: treeOf(names),
  files: names,
  imageShape: [2, 2, 1],
  fit: "stretch",
  skipBroken: false,
  cache: undefined,
  task: "load",
  onProgress: undefined,
  signal: undefined,
  ...own,
});

describe("decodeAll", () => {
  it("never holds more than the picture at hand beside the result", async () => {
    const side = 500;
    const alive: WeakRef<Uint8Array>[] = [];
    let most = 0;
    const decode = async ([value = 0]: Uint8Array) => {
      // A turn of the event loop lets go of what a WeakRef has shown; then only what is held survives.
      await nextTurn();
      collectGarbage();
      most = Math.max(most, alive.filter((picture) => picture.deref() !== undefined).length);
      await nextTurn();
      const data = new Uint8Array(side * side * 3).fill(value);
      alive.push(new WeakRef(data));
      return { width: side, height: side, channels: 3 as const, data };
    };
    const { pixels, kept } = await decodeAll(request({ decode }));
    expect(kept.length).toBe(40);
    expect(pixels.length).toBe(160);
    expect([...pixels]).toEqual([...names.keys()].flatMap((value) => [value, value, value, value]));
    // One may still be on the stack of the step before.
    expect(alive.length).toBe(40);
    expect(most).toBeLessThanOrEqual(1);
  });

  it("places pictures by the order asked for, whatever the order of the source, and closes gaps", async () => {
    const decode = ([value = 0]: Uint8Array) =>
      value % 7 === 3
        ? Promise.reject(new Error("a blot"))
        : Promise.resolve({ width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3).fill(value) });
    const tree = treeOf(names, names.toReversed());
    const { pixels, kept, skipped } = await decodeAll(request({ decode, tree, skipBroken: true }));
    const wanted = [...names.keys()].filter((value) => value % 7 !== 3);
    expect([...kept]).toEqual(wanted);
    expect([...pixels]).toEqual(wanted.flatMap((value) => [value, value, value, value]));
    expect(skipped.length).toBe(6);
    expect(skipped[0]).toEqual({ file: "3.png", reason: "a blot" });
    await expect(decodeAll(request({ decode, tree }))).rejects.toThrow(/pictures: 38\.png: .* found a blot;/);
  });

  it("makes one array for all pixels, to the byte", async () => {
    const decode = () =>
      Promise.resolve({ width: 2, height: 2, channels: 3 as const, data: new Uint8Array(12) });
    const { pixels } = await decodeAll(request({ decode, imageShape: [2, 2, 3] }));
    expect(pixels.byteOffset).toBe(0);
    expect(pixels.buffer.byteLength).toBe(40 * 12);
  });
});
