import { closest, distance } from "fastest-levenshtein";

/** The known name nearest to a misspelt one, or nothing when none is near (more than half its letters differ). */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(name, known);
  return distance(name, nearest) <= Math.max(2, nearest.length / 2) ? nearest : undefined;
}

/** `did you mean "x"?` or a list of what there is, to end an error message with. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `use one of ${known.join(", ")}.` : `did you mean "${nearest}"?`;
}
