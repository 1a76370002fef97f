import {
  decodeTensors,
  encodeTensors,
  LtuError,
  type CheckpointPort,
  type ModelWeights,
  type Params,
} from "@ltu/core";

/** Where a training loop stands: everything that the rest of the run depends on. */
export interface Checkpoint<Cursor extends object = object> {
  readonly weights: ModelWeights;
  /** The optimizer's state. */
  readonly velocity: Params;
  /** Plain JSON: what is done and what the run has recorded. */
  readonly cursor: Cursor;
}

/**
 * Writes a checkpoint as one value. Bit-exact; random streams need no state, because they are derived by name.
 *
 * @param fingerprint - Plain JSON that tells this run from others; {@link decodeCheckpoint} compares it.
 */
export async function encodeCheckpoint(
  { weights, velocity, cursor }: Checkpoint,
  { fingerprint }: { readonly fingerprint: object },
): Promise<Uint8Array> {
  return encodeTensors(
    { params: weights.params, stats: weights.stats, velocity },
    { kind: "ltu-checkpoint", fingerprint, cursor },
  );
}

/**
 * Reads a checkpoint of the same run.
 *
 * @returns The checkpoint; the caller disposes its tensors.
 * @throws LtuError `DATA` when the bytes are damaged or belong to a run with another fingerprint.
 */
export function decodeCheckpoint<Cursor extends object>(
  bytes: Uint8Array,
  { fingerprint }: { readonly fingerprint: object },
): Checkpoint<Cursor> {
  const { trees, metadata } = decodeTensors(bytes);
  const found = metadata as { kind?: string; fingerprint?: object; cursor?: Cursor };
  const expected = JSON.stringify(fingerprint);
  const { params, stats, velocity } = trees;
  const isOurs = found.kind === "ltu-checkpoint" && JSON.stringify(found.fingerprint) === expected;
  if (!isOurs || params === undefined || stats === undefined || velocity === undefined) {
    for (const tree of Object.values(trees)) for (const tensor of Object.values(tree)) tensor.dispose();
    throw new LtuError(
      "DATA",
      `checkpoint: expected one of the run ${expected}, found one of ${JSON.stringify(found.fingerprint)}; delete it or give the run its own checkpoint.`,
    );
  }
  return { weights: { params, stats }, velocity, cursor: found.cursor as Cursor };
}

/** Loads a run's checkpoint through a port, if there is one. */
export async function loadCheckpoint<Cursor extends object>(
  port: CheckpointPort | undefined,
  options: { readonly fingerprint: object },
): Promise<Checkpoint<Cursor> | undefined> {
  const bytes = await port?.load();
  return bytes === undefined ? undefined : decodeCheckpoint<Cursor>(bytes, options);
}
