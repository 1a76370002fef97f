/** How often each class is among some labels. */
export function countsOf(labels: ArrayLike<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const label of Array.from(labels)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** The share of each class among some labels. */
export function sharesOf(labels: ArrayLike<number>): ReadonlyMap<number, number> {
  return new Map([...countsOf(labels)].map(([label, count]) => [label, count / labels.length]));
}

/**
 * How differently classes are shared out in two sets: the total variation distance, from 0 (alike) to 1 (no class in
 * common, as where a whole class is forgotten).
 */
export function classDistance(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const [one, other] = [sharesOf(first), sharesOf(second)];
  const classes = new Set([...one.keys(), ...other.keys()]);
  const differences = [...classes].map((label) => Math.abs((one.get(label) ?? 0) - (other.get(label) ?? 0)));
  return differences.reduce((sum, value) => sum + value, 0) / 2;
}
