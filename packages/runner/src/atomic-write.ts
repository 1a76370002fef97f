import { randomBytes } from "node:crypto";
import { mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { LtuError } from "@ltu/core";

import { storeError } from "./store-error.ts";

/** Tells this process from an earlier one with the same process id. */
const processToken: string = randomBytes(4).toString("hex");
const temporaryPattern = /\.(\d+)-([0-9a-f]{8})-[0-9a-f]{8}\.tmp$/;
const dayMs = 86_400_000;

/**
 * Writes a file so that a reader, or a run after a crash, sees the old bytes or the new ones, never a part:
 * temporary file in the same folder, flushed to disk, then renamed.
 *
 * A symbolic link to a plain file is followed. Anything else that is not a plain file (a folder, a device) is
 * refused, because a rename would replace it.
 *
 * @throws LtuError `STORE`; the target is then as it was and no temporary file is left.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const { temporary, target } = await stageFile(path, bytes);
  try {
    await rename(temporary, target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      // A process of another machine on the same disk took the temporary file for a dead one's. It does so only
      // when it opens the store, so once more is enough.
      await writeDurably(temporary, bytes);
      await rename(temporary, target);
    });
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw storeError(`${path} cannot be written`, error);
  }
}

/** Bytes that are on disk under a temporary name beside the file they are to become. */
export interface StagedFile {
  readonly temporary: string;
  readonly target: string;
}

/**
 * The first half of an atomic write: brings the bytes to disk; the caller renames `temporary` to `target`.
 *
 * @throws LtuError `STORE`; no temporary file is left.
 */
export async function stageFile(path: string, bytes: Uint8Array): Promise<StagedFile> {
  try {
    const target = await plainFile(path);
    const temporary = temporaryName(target);
    try {
      await writeDurably(temporary, bytes);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return { temporary, target };
  } catch (error) {
    throw storeError(`${path} cannot be written`, error);
  }
}

/** Writes and flushes; a disk that is full shows itself here at the latest. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name beside `target` that no other writer uses and that tells who made it ({@link isLeftover}). */
export function temporaryName(target: string): string {
  return `${target}.${process.pid}-${processToken}-${randomBytes(4).toString("hex")}.tmp`;
}

/** Whether a name is that of a temporary file whose writer is gone: no such process, or a day old. */
export function isLeftover(name: string, modifiedMs: number, nowMs: number): boolean {
  const match = temporaryPattern.exec(name);
  if (match === null) return false;
  if (nowMs - modifiedMs > dayMs) return true;
  const [, pid, token] = match;
  if (Number(pid) === process.pid) return token !== processToken;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * Makes a folder and those above it.
 *
 * @throws LtuError `STORE` when something on the way is not a folder or may not be written.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeBelow(resolve(folder));
  } catch (error) {
    throw storeError(`the folder ${folder} cannot be made`, error);
  }
}

/**
 * `mkdir` with `recursive` never ends where the system answers "no such file" below a folder that is there (`/proc`),
 * and says "no such file" of a disk that is read-only; step by step both get their own answer.
 */
async function makeBelow(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && above !== folder) {
      await makeBelow(above);
      await mkdir(folder).catch((again: unknown) => acceptFolder(folder, again));
      return;
    }
    await acceptFolder(folder, error);
  }
}

/** A folder that is there, perhaps made by another process in between, is as good as one that was made. */
async function acceptFolder(folder: string, error: unknown): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) throw error;
}

/** Makes renames survive a power cut, where the system can flush a folder. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  // Windows and some network disks cannot flush folders; the rename itself has happened.
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** The plain file behind a path; it need not exist yet. */
async function plainFile(path: string): Promise<string> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return path;
  if (!found.isFile()) {
    throw new LtuError(
      "STORE",
      `store: ${path} must be a plain file or absent, found ${found.isDirectory() ? "a folder" : "a device or another special file"}; choose another folder or move it away.`,
    );
  }
  return realpath(path);
}
