import { createHash } from "node:crypto";

import { LtuError } from "@ltu/core";

/** A value that JSON can hold without loss. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * The name of a result by what it depends on: SHA-256 of the value's canonical JSON (object keys sorted, no
 * white space).
 *
 * @param value - JSON only: what JSON would drop or change (NaN, infinities, undefined, functions, class
 * instances, typed arrays, cycles) is refused, because two different values would then share a key.
 * @returns 64 hexadecimal digits.
 * @throws LtuError `OPTION` naming the place of the first value that is not JSON.
 *
 * @example
 * ```ts
 * import { contentKey } from "@ltu/runner";
 *
 * const key = contentKey({ epochs: 25, seed: 1 });
 * console.log(key === contentKey({ seed: 1, epochs: 25 })); // → true
 * console.log(key.slice(0, 8)); // → 63cb8315
 * ```
 */
export function contentKey(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/**
 * JSON text with sorted object keys and no white space: equal values give equal text.
 *
 * @throws LtuError `OPTION` like {@link contentKey}.
 */
export function canonicalJson(value: Json): string {
  return write(value, "value", new Set());
}

function write(value: unknown, place: string, ancestors: ReadonlySet<unknown>): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw notJson(place, String(value));
    return JSON.stringify(value);
  }
  if (typeof value !== "object") throw notJson(place, `a value of type ${typeof value}`);
  if (ancestors.has(value)) throw notJson(place, "a reference back to an object that holds it");
  const inside = new Set(ancestors).add(value);
  if (Array.isArray(value)) {
    // Array.from also visits the holes of a sparse array.
    return `[${Array.from(value, (item: unknown, i) => write(item, `${place}[${i}]`, inside)).join(",")}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw notJson(place, `an instance of ${value.constructor.name}`);
  }
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${write(member, `${place}.${name}`, inside)}`);
  return `{${members.join(",")}}`;
}

function notJson(place: string, found: string): LtuError {
  return new LtuError(
    "OPTION",
    `contentKey: expected JSON (null, booleans, finite numbers, strings, arrays, plain objects), found ${found} at ${place}; leave it out or write it as one of these.`,
  );
}
