import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import type { OnProgress } from "@ltu/core";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function arrayBytes(): number {
  // What the first turn finds dead, the second takes off the count.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** The most bytes of arrays that are held at once while something loads, seen whenever it tells its progress. */
export async function heldArrays(load: (onProgress: OnProgress) => Promise<unknown>): Promise<number> {
  await nextTurn();
  const before = arrayBytes();
  let most = 0;
  await load(() => {
    most = Math.max(most, arrayBytes() - before);
  });
  return most;
}
