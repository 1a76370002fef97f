import { readFile } from "node:fs/promises";

import { LtuError } from "@ltu/core";
import { z } from "zod";

import { nearestName } from "./nearest-name.ts";

/**
 * Checks JSON against a strict schema; every mistake is one sentence that names the key and, where it is misspelt, the
 * nearest right one.
 *
 * @param what - What the JSON describes, such as "experiment".
 * @param source - What it was read from, for the message.
 * @throws LtuError `OPTION`.
 */
export function parseStrict<T>(
  schema: z.ZodType<T>,
  json: unknown,
  { what, source }: { readonly what: string; readonly source: string },
): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  if (issue?.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const near = nearestName(key, knownKeys(schema, issue.path));
    throw new LtuError(
      "OPTION",
      `${what} ${source}: "${[path, key].filter(Boolean).join(".")}" is no key of ${what === "experiment" ? "an" : "a"} ${what}; ${
        near === undefined ? "remove it." : `did you mean "${near}"?`
      }`,
    );
  }
  const where = path === "" ? "the whole of it" : `"${path}"`;
  throw new LtuError(
    "OPTION",
    `${what} ${source}: ${where} is not valid (${issue?.message ?? "unknown"}); correct it.`,
  );
}

/** The keys that are valid at a place of the schema, for the nearest-name hint. */
function knownKeys(root: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let schema = inside(root);
  for (const step of path) {
    if (schema instanceof z.ZodArray) schema = inside(schema.element);
    else if (schema instanceof z.ZodObject) schema = inside(schema.shape[String(step)] as z.core.$ZodType);
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schema behind a default or an optional. */
function inside(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional;
  return isWrapped ? inside(schema.unwrap()) : schema;
}

/** Reads the JSON of an experiment or study from its file. */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new LtuError(
      "OPTION",
      `experiment: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}); name a file that exists.`,
      { cause },
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new LtuError(
      "OPTION",
      `experiment: ${path} is not valid JSON (${(cause as Error).message}); correct the file.`,
      { cause },
    );
  }
}

/**
 * Applies overrides of the form `key.path=value` to an experiment's JSON before it is checked. The value is JSON
 * where it parses as JSON, text otherwise. What is no object is returned as it is, for the check to refuse.
 *
 * @throws LtuError `OPTION` when an override has no "=", or a path that cannot be in JSON.
 */
export function applyOverrides(json: unknown, overrides: readonly string[]): unknown {
  const copy = structuredClone(json);
  if (!isObject(copy)) return copy;
  for (const override of overrides) {
    const at = override.indexOf("=");
    if (at < 1) {
      throw new LtuError(
        "OPTION",
        `--set: expected key.path=value, found "${override}"; write for instance --set retainFraction=0.1.`,
      );
    }
    setPath(copy, override.slice(0, at), jsonOrText(override.slice(at + 1)));
  }
  return copy;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * Sets the value at a path such as `data.train` or `methods.0.label`, in place. Objects on the way are made where they are
 * missing; a list is changed at one of its places, or at the next one after its end.
 *
 * @throws LtuError `OPTION` for a place that a list has not, and for the name of an object's prototype.
 */
export function setPath(json: Record<string, unknown>, keyPath: string, value: unknown): void {
  const steps = keyPath.split(".");
  let place: Record<string, unknown> = json;
  steps.forEach((step, i) => {
    if (Array.isArray(place)) checkPlace(place, { step, keyPath });
    if (step === "__proto__") {
      throw new LtuError(
        "OPTION",
        `experiment: "${step}" can be no key, found in "${keyPath}"; name a key of the file.`,
      );
    }
    if (i === steps.length - 1) place[step] = value;
    else {
      const inner = Object.hasOwn(place, step) ? place[step] : undefined;
      if (typeof inner !== "object" || inner === null) place[step] = {};
      place = place[step] as Record<string, unknown>;
    }
  });
}

/** A list takes a value at one of its places, or at its end. */
function checkPlace(
  list: readonly unknown[],
  { step, keyPath }: { readonly step: string; readonly keyPath: string },
): void {
  if (/^(0|[1-9]\d*)$/.test(step) && Number(step) <= list.length) return;
  throw new LtuError(
    "OPTION",
    `experiment: "${keyPath}" goes through a list of ${list.length}, with places from 0 to ${list.length} (its end), found "${step}"; count from 0.`,
  );
}

/**
 * `changes` laid over `json`: objects key by key, everything else as a whole: lists, and objects that say their `kind`, for
 * another kind has other keys. Neither is changed.
 */
export function mergeJson(json: unknown, changes: unknown): unknown {
  if (!isObject(json) || !isObject(changes) || "kind" in changes) return structuredClone(changes);
  const merged: Record<string, unknown> = structuredClone(json);
  for (const [key, value] of Object.entries(changes)) {
    merged[key] = key in json ? mergeJson(json[key], value) : structuredClone(value);
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
