import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { LtuError, type CheckpointPort } from "@ltu/core";

import { isLeftover, makeFolder, writeFileAtomic } from "./atomic-write.ts";
import { claimFile, type Claim } from "./claim.ts";
import { canonicalJson, type Json } from "./content-key.ts";
import { storeError } from "./store-error.ts";

/** Results by content key, on disk. Whole or absent: a file that does not verify is treated as not there. */
export interface Store {
  readonly folder: string;
  /**
   * The artefact written under this key, or `undefined` when there is none or it is damaged.
   *
   * @param options.onDamaged - Told when a file is there but does not verify.
   */
  read(key: string, options?: { readonly onDamaged?: () => void }): Promise<Uint8Array | undefined>;
  /** Keeps an artefact; atomic. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** What is noted beside an artefact (times and the like, nothing that a result depends on). */
  readNote(key: string): Promise<Json | undefined>;
  writeNote(key: string, note: Json): Promise<void>;
  /** Where the work on this key saves how far it is; atomic and verified like artefacts. */
  checkpoint(key: string, options?: { readonly onDamaged?: () => void }): CheckpointPort;
  /** Forgets the checkpoint of a key, once its artefact is kept. */
  removeCheckpoint(key: string): Promise<void>;
  /** Takes up the work on a key, so that no other process on the store does; `undefined` while another one is at it. */
  claim(key: string): Promise<Claim | undefined>;
}

const format = { format: "ltu-store", version: 1 } as const;
const digestBytes = 32;

/**
 * Opens a store, or makes one, and removes what killed processes left half-written.
 *
 * Several processes may use one store at a time: who works on a key claims it. A claim is no lock that anything's being
 * right depends on: two that work on the same key write the same bytes, each by one rename, so the worst case is a
 * harmless duplicate.
 *
 * Each file ends with SHA-256 of its key and its bytes, so neither a flipped bit nor a file under a wrong
 * name passes for a result.
 *
 * @param folder - Made when missing. Everything the store keeps is below it.
 * @param options - `machine`: the name of this one, where processes of several share the folder: only those of one machine
 * see at once that another was killed.
 * @throws LtuError `STORE` when the folder cannot be made, written to, or holds a store of another version.
 *
 * @example
 * ```ts
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { contentKey, openStore } from "@ltu/runner";
 *
 * const store = await openStore(await mkdtemp(join(tmpdir(), "ltu-")));
 * const key = contentKey({ squares: 3 });
 * await store.write(key, Uint8Array.of(0, 1, 4));
 * console.log(await store.read(key)); // → Uint8Array(3) [ 0, 1, 4 ]
 * console.log(await store.read(contentKey({ squares: 4 }))); // → undefined
 * ```
 */
export async function openStore(
  folder: string,
  { machine = "" }: { readonly machine?: string } = {},
): Promise<Store> {
  const artefacts = join(folder, "artefacts");
  const checkpoints = join(folder, "checkpoints");
  const claims = join(folder, "claims");
  for (const place of [artefacts, checkpoints, claims]) await makeFolder(place);
  await checkFormat(join(folder, "store.json"));
  for (const place of [folder, artefacts, checkpoints]) await removeLeftovers(place);
  const artefactPath = (key: string): string => join(artefacts, checkedKey(key));
  const notePath = (key: string): string => join(artefacts, `${checkedKey(key)}.json`);
  const claimPath = (key: string): string => join(claims, checkedKey(key));
  const checkpointPath = (key: string): string => join(checkpoints, checkedKey(key));
  return {
    folder,
    read: (key, options) => readVerified(artefactPath(key), key, options?.onDamaged),
    write: (key, bytes) => writeFileAtomic(artefactPath(key), withDigest(key, bytes)),
    readNote: async (key) => {
      const text = await readIfThere(notePath(key));
      try {
        return text && (JSON.parse(text.toString("utf8")) as Json);
      } catch {
        // A note carries no result; a damaged one is as good as none.
        return undefined;
      }
    },
    writeNote: (key, note) => writeFileAtomic(notePath(key), Buffer.from(`${canonicalJson(note)}\n`)),
    checkpoint: (key, options) => ({
      load: () => readVerified(checkpointPath(key), key, options?.onDamaged),
      save: (bytes) => writeFileAtomic(checkpointPath(key), withDigest(key, bytes)),
    }),
    claim: (key) => claimFile(claimPath(key), machine),
    removeCheckpoint: async (key) => {
      try {
        await rm(checkpointPath(key), { force: true });
      } catch (error) {
        throw storeError(`${checkpointPath(key)} cannot be removed`, error);
      }
    },
  };
}

/** Writes the store's version where there is none (which also proves that the disk takes bytes), else compares. */
async function checkFormat(path: string): Promise<void> {
  const text = (await readIfThere(path))?.toString("utf8");
  if (text !== undefined && text !== canonicalJson(format)) {
    throw new LtuError(
      "STORE",
      `store: ${path} should say ${canonicalJson(format)}, found ${JSON.stringify(text.slice(0, 80))}; choose another folder, or use the LTU version that made this one.`,
    );
  }
  // Written again when it is there: a full or read-only disk shows itself before any work starts.
  await writeFileAtomic(path, Buffer.from(canonicalJson(format)));
}

async function removeLeftovers(folder: string): Promise<void> {
  try {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      // Another process may remove it first.
      const modifiedMs = name.endsWith(".tmp")
        ? (await stat(path).catch(() => undefined))?.mtimeMs
        : undefined;
      if (modifiedMs !== undefined && isLeftover(name, modifiedMs, Date.now()))
        await rm(path, { force: true });
    }
  } catch (error) {
    throw storeError(`${folder} cannot be cleaned`, error);
  }
}

function digest(key: string, bytes: Uint8Array): Buffer {
  return createHash("sha256").update(key).update(bytes).digest();
}

function withDigest(key: string, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, digest(key, bytes)]);
}

async function readVerified(
  path: string,
  key: string,
  onDamaged?: () => void,
): Promise<Uint8Array | undefined> {
  const file = await readIfThere(path);
  if (file === undefined) return undefined;
  // A copy with a buffer of its own: typed-array views on it start at offset 0.
  const bytes = new Uint8Array(file.subarray(0, Math.max(0, file.length - digestBytes)));
  if (file.length >= digestBytes && digest(key, bytes).equals(file.subarray(-digestBytes))) return bytes;
  onDamaged?.();
  return undefined;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw storeError(`${path} cannot be read`, error);
  }
}

/** Keys become file names, so nothing but {@link contentKey}'s form is let through. */
function checkedKey(key: string): string {
  if (/^[0-9a-f]{64}$/.test(key)) return key;
  throw new LtuError(
    "OPTION",
    `store: a key must be 64 hexadecimal digits, found "${key}"; make it with contentKey.`,
  );
}
