import type { Json } from "./row-metrics.ts";

/**
 * What is known of a method from elsewhere and would be taken for a finding of this table, one sentence each.
 *
 * @param methods - Names of the methods of the table.
 * @param config - The experiment's, or the study's with the experiment that it lays its overrides over.
 */
export function knownLimits(methods: readonly string[], config: Json): string[] {
  return methods.includes("ssd") && isRandom(config)
    ? [
        "SSD is known to change hardly anything where the forget set is random (arXiv 2412.19583): a row like that of the original is what to expect of it here.",
      ]
    : [];
}

/** Whether the forget set is a share or a number of images, drawn from all of them. */
function isRandom(config: Json): boolean {
  const forget =
    partOf(partOf(config, "overrides"), "forget") ??
    partOf(config, "forget") ??
    partOf(partOf(config, "experiment"), "forget");
  return forget !== undefined && partOf(forget, "kind") === undefined;
}

function partOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [name: string]: Json })[key];
}
