import { fileURLToPath } from "node:url";

const kept = fileURLToPath(new URL("../../../../docs/results/trials/", import.meta.url));

/**
 * Where the finished readings of a search or study are kept: the folder a user names, else, for one of the repository
 * just as it is, a folder of the repository. One's own file, or a changed one, keeps none unless a folder is named.
 */
export function archiveFolder(
  name: string,
  {
    trials,
    set = [],
    experiment,
  }: {
    readonly trials?: string | undefined;
    readonly set?: readonly string[] | undefined;
    /** As typed: a name of the catalogue, or a path. */
    readonly experiment: string;
  },
): string | undefined {
  if (trials !== undefined) return trials;
  return set.length === 0 && experiment === name ? `${kept}${name}` : undefined;
}
