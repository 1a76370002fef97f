import { disposeParams, normParams, scaleParams, type Params } from "@ltu/core";

/** A gradient that is no longer than allowed; the caller disposes it. */
export interface ClippedGradient {
  readonly gradient: Params;
  /** What it was multiplied by, at most 1. */
  readonly scale: number;
}

/**
 * Gradient clipping by the norm over all parameters: G min(1, limit / |G|).
 *
 * @param gradient - G. It is the function's to dispose, even when it fails.
 * @param limit - The largest norm, or `null` for none.
 */
export async function clipGradient(gradient: Params, limit: number | null): Promise<ClippedGradient> {
  if (limit === null) return { gradient, scale: 1 };
  let isKept = false;
  try {
    const norm = await normParams(gradient);
    const scale = norm > limit ? limit / norm : 1;
    isKept = scale === 1;
    return { gradient: isKept ? gradient : scaleParams(gradient, scale), scale };
  } finally {
    if (!isKept) disposeParams(gradient);
  }
}
