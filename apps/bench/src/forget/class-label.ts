import { LtuError } from "@ltu/core";

import { didYouMean } from "../nearest-name.ts";
import type { ClassName } from "./forget-config.ts";

/**
 * The label of a class that an experiment names by label or by name.
 *
 * @param key - The key that names it, for the message.
 * @throws LtuError `OPTION` for a class that is not there.
 */
export function classLabel(wanted: ClassName, names: readonly string[], key = "forget.class"): number {
  const label = typeof wanted === "number" ? wanted : names.indexOf(wanted);
  if (label >= 0 && label < names.length) return label;
  throw new LtuError(
    "OPTION",
    typeof wanted === "number"
      ? `experiment: ${key} must be a label from 0 to ${names.length - 1} or the name of a class, found ${wanted}; choose one of the ${names.length} classes.`
      : `experiment: ${key} must be a label from 0 to ${names.length - 1} or the name of a class, found "${wanted}"; ${didYouMean(wanted, names)}`,
  );
}
