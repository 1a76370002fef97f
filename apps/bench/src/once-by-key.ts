/** Of several entries with one key the first, in the order they came. */
export function onceByKey<T extends { readonly key: string }>(entries: readonly T[]): T[] {
  const seen = new Set<string>();
  return entries.filter(({ key }) => !seen.has(key) && seen.add(key));
}
