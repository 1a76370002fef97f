import { LtuError, type OnProgress } from "@ltu/core";

import { throwIfAborted } from "../abort.ts";
import { decodeImage, type Picture } from "./decode-image.ts";
import { readDecoded, writeDecoded, type DecodedImages } from "./decoded-cache.ts";
import type { FileTree } from "./file-tree.ts";
import { flatten } from "./flatten.ts";
import { resize } from "./resize.ts";

/** A picture that was left out because it does not decode. */
export interface SkippedImage {
  readonly file: string;
  /** What was found in place of a picture. */
  readonly reason: string;
}

/** What {@link decodeAll} needs. */
export interface DecodeAllRequest {
  readonly where: string;
  readonly tree: FileTree;
  /** Names in the tree, in the order of the data set. */
  readonly files: readonly string[];
  /** `[height, width, channels]`. */
  readonly imageShape: readonly [number, number, 1 | 3];
  readonly fit: "crop" | "stretch" | "exact";
  readonly skipBroken: boolean;
  /** Where decoded pictures are kept, and the key of these. */
  readonly cache: { readonly path: string; readonly key: string } | undefined;
  readonly task: string;
  readonly onProgress: OnProgress | undefined;
  readonly signal: AbortSignal | undefined;
  /** Default {@link decodeImage}. */
  readonly decode?: (bytes: Uint8Array) => Promise<Picture>;
}

/** Pixels of the pictures that decoded. */
export interface DecodedAll {
  readonly pixels: Uint8Array;
  /** Positions in `files`, in order. */
  readonly kept: Int32Array;
  readonly skipped: readonly SkippedImage[];
}

/**
 * Decodes pictures one after the other into one array of the wanted size: beside it, never more than the picture at hand is in
 * memory. What was decoded before comes from the cache.
 *
 * @throws LtuError `DATA` naming the first picture that does not decode, unless `skipBroken`; `ABORTED`.
 */
export async function decodeAll(request: DecodeAllRequest): Promise<DecodedAll> {
  const { where, files, imageShape, cache, task, onProgress, signal } = request;
  throwIfAborted(where, signal);
  const pixels = new Uint8Array(files.length * imageShape[0] * imageShape[1] * imageShape[2]);
  const cached = cache && (await readDecoded(cache.path, { key: cache.key, pixels }));
  if (cached) refuseBroken(request, cached.broken);
  const decoded = cached ?? (await decodeInto(pixels, request));
  if (cached) onProgress?.({ task, step: files.length, steps: files.length });
  if (!cached && cache) await writeDecoded(cache.path, { key: cache.key, ...decoded }, { where, signal });
  const left = new Set(decoded.broken.map(({ position }) => position));
  return {
    pixels: decoded.pixels,
    kept: Int32Array.from(files.keys()).filter((position) => !left.has(position)),
    skipped: decoded.broken.map(({ position, reason }) => ({ file: files[position] as string, reason })),
  };
}

async function decodeInto(pixels: Uint8Array, request: DecodeAllRequest): Promise<DecodedImages> {
  const { where, tree, files, imageShape, fit, task, onProgress, signal, decode = decodeImage } = request;
  const [height, width, channels] = imageShape;
  const stride = height * width * channels;
  const positions = new Map(files.map((name, position) => [name, position]));
  const broken: { position: number; reason: string }[] = [];
  const every = Math.max(1, Math.round(files.length / 100));
  let done = 0;
  await tree.read(new Set(files), async (name, bytes) => {
    throwIfAborted(where, signal);
    const position = positions.get(name) as number;
    try {
      const picture = await decode(bytes);
      const { width: from, height: high } = picture;
      const flat = { data: flatten(picture, channels), width: from, height: high, channels };
      resize(flat, { out: pixels, start: position * stride, height, width, fit });
    } catch (cause) {
      broken.push({ position, reason: cause instanceof Error ? cause.message : String(cause) });
      refuseBroken(request, broken);
    }
    if (++done % every === 0 || done === files.length) {
      onProgress?.({ task, step: done, steps: files.length });
    }
  });
  broken.sort((a, b) => a.position - b.position);
  return { pixels: withoutBroken(pixels, stride, broken), broken };
}

/** Closes the gaps of broken pictures within the same memory. */
function withoutBroken(pixels: Uint8Array, stride: number, broken: DecodedImages["broken"]): Uint8Array {
  broken.forEach(({ position }, gap) => {
    const next = broken[gap + 1]?.position ?? pixels.length / stride;
    pixels.copyWithin((position - gap) * stride, (position + 1) * stride, next * stride);
  });
  return pixels.subarray(0, pixels.length - broken.length * stride);
}

function refuseBroken(
  { where, tree, files, skipBroken }: DecodeAllRequest,
  broken: DecodedImages["broken"],
): void {
  const [first] = broken;
  if (skipBroken || first === undefined) return;
  throw new LtuError(
    "DATA",
    `${where}: ${tree.path}: ${files[first.position] ?? ""}: expected a PNG or JPEG picture, found ${first.reason}; replace or remove the file, or leave such files out with skipBroken (--skip-broken).`,
  );
}
