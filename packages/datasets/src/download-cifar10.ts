import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { isLtuError, LtuError, type OnProgress } from "@ltu/core";

import { throwIfAborted } from "./abort.ts";
import { cifar10Archive } from "./locate-cifar10.ts";

const where = "downloadCifar10";

/** Options of {@link downloadCifar10}. */
export interface DownloadCifar10Options {
  /** Where to fetch it. Default: the official address. */
  readonly url?: string;
  /** What the archive must sum to. Default: the official MD5. */
  readonly md5?: string;
  /** How often in a row a connection may break without a byte having come, before giving up. Default 3. */
  readonly attempts?: number;
  /**
   * Told several times a second: `step` of `steps` bytes, and `values` with `bytes`, `total` (when the server says
   * it) and `bytesPerSecond` of this run.
   */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches the official archive of CIFAR-10 (162 MiB) to `folder/cifar-10-binary.tar.gz`, where `loadCifar10` reads
 * it as it is.
 *
 * Bytes go to `cifar-10-binary.tar.gz.part` first. A broken download goes on from there, in this call or a later
 * one, by an HTTP range; where the server knows no ranges it starts again. Only an archive with the right MD5 gets
 * its name. An archive that is already there and right is not fetched.
 *
 * @returns The path of the archive.
 * @throws LtuError `DATA` when it cannot be fetched or has another MD5, saying what to fetch by hand and where to
 * put it; `STORE` when it cannot be written; `ABORTED`.
 */
export async function downloadCifar10(
  folder: string,
  {
    url = cifar10Archive.url,
    md5 = cifar10Archive.md5,
    attempts = 3,
    onProgress,
    signal,
  }: DownloadCifar10Options = {},
): Promise<string> {
  throwIfAborted(where, signal);
  const path = join(folder, cifar10Archive.name);
  const part = `${path}.part`;
  const byHand = `fetch ${cifar10Archive.name} (MD5 ${md5}) by hand from ${cifar10Archive.url} and put it at ${path}`;
  await onDisk(() => mkdir(folder, { recursive: true }), folder);
  if ((await md5Of(path, signal)) === md5) return path;

  // A part that does not sum up may be of another file: then one fresh start from its beginning.
  for (let fresh = (await sizeOf(part)) === 0; ; fresh = true) {
    await fetchWhole(part, { url, attempts, byHand, onProgress, signal });
    const found = await md5Of(part, signal);
    if (found === md5) {
      await onDisk(() => rename(part, path), path);
      return path;
    }
    await onDisk(() => rm(part, { force: true }), part);
    if (fresh) {
      throw new LtuError("DATA", `${where}: ${url}: expected MD5 ${md5}, found ${found}; ${byHand}.`);
    }
  }
}

interface Transfer {
  readonly url: string;
  readonly attempts: number;
  readonly byHand: string;
  readonly onProgress: OnProgress | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Fetches until the part is as long as the server says, going on after each break. */
async function fetchWhole(part: string, transfer: Transfer): Promise<void> {
  const { url, attempts, byHand, signal } = transfer;
  let barren = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      await fetchRest(part, before, transfer);
      return;
    } catch (cause) {
      throwIfAborted(where, signal);
      if (isLtuError(cause)) throw cause;
      const kept = await sizeOf(part);
      barren = kept > before ? 0 : barren + 1;
      if (barren >= attempts) {
        throw new LtuError(
          "DATA",
          `${where}: ${url}: expected the archive, found a connection that fails (${reasonOf(cause)}); ${kept > 0 ? `run it again to go on after the ${kept} bytes in ${part}, or ` : ""}${byHand}.`,
          { cause },
        );
      }
      if (barren > 0)
        await pause(Math.min(5000, 200 * 2 ** barren), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One request: what the part still lacks, or all of it when the server does not do ranges. */
async function fetchRest(part: string, have: number, transfer: Transfer): Promise<void> {
  const { url, byHand, onProgress, signal } = transfer;
  const response = await fetch(url, {
    // The archive's own bytes are wanted, not a transfer encoding of them.
    headers: { "accept-encoding": "identity", ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
    ...(signal === undefined ? {} : { signal }),
  });
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "");
  const resumed = response.status === 206 && range !== null && Number(range[1]) === have;
  if (have > 0 && (response.status === 416 || (response.status === 206 && !resumed))) {
    // Nothing lies behind the part, or another piece came than was asked for: the checksum tells whether it is whole.
    await response.body?.cancel();
    const whole = Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1]);
    if (response.status === 416 && whole === have) return;
    await onDisk(() => rm(part, { force: true }), part);
    return fetchRest(part, 0, transfer);
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new LtuError(
      "DATA",
      `${where}: ${url}: expected the archive, found HTTP status ${response.status}; ${byHand}.`,
    );
  }
  const start = resumed ? have : 0;
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  const total = resumed ? Number(range[2]) : length;
  const tell = transferTeller({ start, total, onProgress });
  const file = await onDisk(() => open(part, resumed ? "a" : "w"), part);
  let bytes = start;
  try {
    // A web stream can be iterated over in Node; the types of browsers do not say so.
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      throwIfAborted(where, signal);
      await onDisk(() => file.write(piece), part);
      bytes += piece.length;
      tell(bytes);
    }
  } finally {
    await file.close();
  }
  if (!Number.isNaN(total) && bytes < total)
    throw new Error(`the connection ended at byte ${bytes} of ${total}`);
  tell(bytes, true);
}

/** Tells progress at most five times a second, and at the end. */
function transferTeller({
  start,
  total,
  onProgress,
}: {
  start: number;
  total: number;
  onProgress: OnProgress | undefined;
}): (bytes: number, last?: boolean) => void {
  const began = performance.now();
  let told = began;
  return (bytes, last = false) => {
    const now = performance.now();
    if (!last && now - told < 200) return;
    told = now;
    const bytesPerSecond = ((bytes - start) * 1000) / Math.max(1, now - began);
    const known = Number.isNaN(total) ? {} : { total };
    onProgress?.({
      task: "download cifar10",
      step: bytes,
      steps: Number.isNaN(total) ? Math.max(bytes, cifar10Archive.bytes) : total,
      values: { bytes, ...known, bytesPerSecond },
    });
  };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The MD5 of a file; `undefined` when it is not there. */
async function md5Of(path: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  if ((await sizeOf(path)) === 0) return undefined;
  const hash = createHash("md5");
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    throwIfAborted(where, signal);
    hash.update(piece as Uint8Array);
  }
  return hash.digest("hex");
}

/** Runs a change on disk; its failure is one sentence with the path. */
async function onDisk<T>(change: () => Promise<T>, path: string): Promise<T> {
  try {
    return await change();
  } catch (cause) {
    throw new LtuError(
      "STORE",
      `${where}: ${path}: expected a place that can be written, found ${reasonOf(cause)}; name another folder or make room.`,
      { cause },
    );
  }
}

/** The innermost reason: fetch hides it behind "fetch failed". */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error
    ? reasonOf(cause.cause)
    : cause.message || String((cause as NodeJS.ErrnoException).code ?? cause.name);
}
