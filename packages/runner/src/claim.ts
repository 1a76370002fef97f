import { randomBytes } from "node:crypto";
import { open, readFile, rm, stat, utimes } from "node:fs/promises";

import { storeError } from "./store-error.ts";

/** A piece of work that no other process on the store takes up meanwhile. */
export interface Claim {
  /** Gives it back; to be called whatever came of the work. */
  release(): Promise<void>;
}

interface Owner {
  readonly pid: number;
  /** Tells this process from an earlier one with the same process id. */
  readonly token: string;
  /** Process ids of another machine say nothing here. */
  readonly machine: string;
}

const token: string = randomBytes(8).toString("hex");
/** So often a claim shows that its owner is at work. */
const beatMs = 15_000;
/** A claim that has shown nothing for so long has lost its owner. */
const silentMs = 300_000;
/** Nobody takes longer to write into a claim that he has just made. */
const unwrittenMs = 10_000;

/**
 * Claims a piece of work by a file that only one process can make.
 *
 * A claim whose process is gone (killed, or of a machine that is silent for five minutes) is taken over, and so is one that
 * has no owner after ten seconds. Two processes may
 * take one over in the same moment; both then do the work, which is waste and no harm.
 *
 * @param machine - Names the machine that this process runs on.
 * @returns `undefined` while a living process holds it.
 * @throws LtuError `STORE`.
 */
export async function claimFile(path: string, machine: string): Promise<Claim | undefined> {
  const own = { pid: process.pid, token, machine };
  try {
    if (!(await isMade(path, own))) {
      if (!(await isAbandoned(path, { machine, nowMs: Date.now() }))) return undefined;
      await rm(path, { force: true });
      if (!(await isMade(path, own))) return undefined;
    }
  } catch (error) {
    throw storeError(`${path} cannot be claimed`, error);
  }
  const beat = setInterval(() => {
    const now = new Date();
    // A claim that is gone was taken over: see above.
    void utimes(path, now, now).catch(() => undefined);
  }, beatMs);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      await rm(path, { force: true }).catch(() => undefined);
    },
  };
}

/** Makes the file with this process as its owner; false where it is there. */
async function isMade(path: string, own: Owner): Promise<boolean> {
  const file = await open(path, "wx").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") return undefined;
    throw error;
  });
  if (file === undefined) return false;
  try {
    await file.writeFile(JSON.stringify(own));
  } finally {
    await file.close();
  }
  return true;
}

/** Whether nobody works behind a claim any more. */
export async function isAbandoned(
  path: string,
  { machine, nowMs }: { readonly machine: string; readonly nowMs: number },
): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  // Just given back.
  if (found === undefined) return true;
  if (nowMs - found.mtimeMs > silentMs) return true;
  const owner = ownerIn(await readFile(path, "utf8").catch(() => ""));
  // A file without an owner is being written this moment, or its process was killed before it could.
  if (owner === undefined) return nowMs - found.mtimeMs > unwrittenMs;
  if (owner.machine !== machine) return false;
  if (owner.pid === process.pid) return owner.token !== token;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function ownerIn(text: string): Owner | undefined {
  try {
    const found = JSON.parse(text) as Partial<Owner>;
    const isWhole =
      typeof found.pid === "number" && typeof found.token === "string" && typeof found.machine === "string";
    return isWhole ? (found as Owner) : undefined;
  } catch {
    return undefined;
  }
}
