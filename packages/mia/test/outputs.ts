import { createRng, type Predictions } from "@ltu/core";

/**
 * Made-up outputs of a model: normal logits with `margin` more for the true class. Members of an overfit model have
 * a large margin.
 */
export function outputs(
  name: string,
  {
    size,
    margin,
    classes = 4,
    spread = 1,
  }: { size: number; margin: number; classes?: number; spread?: number },
): Predictions {
  const rng = createRng(11).split(name);
  const labels = Int32Array.from({ length: size }, () => rng.integer(classes));
  const logits = rng
    .normals(size * classes, spread)
    .map((noise, k) => noise + (k % classes === labels[Math.floor(k / classes)] ? margin : 0));
  return { logits, labels, classes };
}

/** The same outputs with logits in float64, for finite differences: the float64 forms take either. */
export function inFloat64({ logits, labels, classes }: Predictions): Predictions {
  return { logits: Float64Array.from(logits) as unknown as Float32Array, labels, classes };
}
