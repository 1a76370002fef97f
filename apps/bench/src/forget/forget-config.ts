import { LtuError } from "@ltu/core";
import type { Stratum } from "@ltu/datasets";
import { z } from "zod";

import { didYouMean } from "../nearest-name.ts";
import { parseStrict } from "../strict-json.ts";

/** A class by its label or its name. */
export type ClassName = number | string;

/** A forget set drawn uniformly at random from the training images. */
export type RandomForget = { readonly share: number } | { readonly count: number };

/** A forget set by the name of the rule that chooses it. */
export type NamedForget =
  /** Every training image of a class. */
  | { readonly kind: "class"; readonly class: ClassName }
  /** Every training image of a fine class; the model knows coarse labels. */
  | { readonly kind: "sub-class"; readonly class: ClassName }
  /** An image and those nearest to it by the original's features; the image is drawn unless given. */
  | { readonly kind: "near-neighbours"; readonly count: number; readonly around?: number | undefined }
  /** Images around quantile d of entanglement with the others. */
  | { readonly kind: "overlap"; readonly d: number; readonly count: number }
  /** One image of each pair of near-duplicates; its twin stays. */
  | { readonly kind: "duplicates"; readonly threshold: number; readonly count?: number | undefined }
  /** Images of like memorisation, measured by `models` models trained on halves of the training set. */
  | {
      readonly kind: "memorisation";
      readonly stratum: Stratum;
      readonly count: number;
      readonly models: number;
    }
  /** The training images whose label is wrong, where that is known. */
  | { readonly kind: "mislabelled" }
  /** Images whose label was changed before the original was trained. */
  | {
      readonly kind: "poisoned";
      readonly share: number;
      readonly confuse?: readonly [ClassName, ClassName] | undefined;
    }
  /** The images that a method forgets least, after `rounds` of asking it. */
  | {
      readonly kind: "worst-case";
      readonly count: number;
      readonly rounds: number;
      readonly method: { readonly name: string; readonly options: Record<string, unknown> };
    }
  /** Requests one after another; the model after the last is measured on all of them together. */
  | {
      readonly kind: "requests";
      readonly sizes: readonly number[];
      /** How many of the requests have arrived; all of them unless given. */
      readonly upTo?: number | undefined;
    };

/** What an experiment forgets. */
export type ForgetConfig = RandomForget | NamedForget;

const count = z.int();
const className: z.ZodType<ClassName> = z.union([z.int().min(0), z.string()]);

const kinds: { readonly [K in NamedForget["kind"]]: z.ZodType<Extract<NamedForget, { kind: K }>> } = {
  class: z.strictObject({ kind: z.literal("class"), class: className }),
  "sub-class": z.strictObject({ kind: z.literal("sub-class"), class: className }),
  "near-neighbours": z.strictObject({
    kind: z.literal("near-neighbours"),
    count,
    around: z.int().min(0).optional(),
  }),
  overlap: z.strictObject({ kind: z.literal("overlap"), d: z.number().min(0).max(1), count }),
  duplicates: z.strictObject({
    kind: z.literal("duplicates"),
    threshold: z.number().gt(0).lt(1).default(0.98),
    count: count.optional(),
  }),
  memorisation: z.strictObject({
    kind: z.literal("memorisation"),
    stratum: z.enum(["low", "medium", "high"]),
    count,
    models: z
      .int()
      .min(2)
      .refine((models) => models % 2 === 0, "an even number, for halves come in pairs")
      .default(4),
  }),
  mislabelled: z.strictObject({ kind: z.literal("mislabelled") }),
  poisoned: z.strictObject({
    kind: z.literal("poisoned"),
    share: z.number().gt(0).lt(1),
    confuse: z.tuple([className, className]).optional(),
  }),
  "worst-case": z.strictObject({
    kind: z.literal("worst-case"),
    count,
    rounds: z.int().min(1).default(1),
    method: z
      .strictObject({ name: z.string(), options: z.record(z.string(), z.unknown()).default({}) })
      .default({ name: "finetune", options: { retainAccess: "full" } }),
  }),
  requests: z.strictObject({
    kind: z.literal("requests"),
    sizes: z.array(z.int().min(1)).min(1),
    upTo: z.int().min(1).optional(),
  }),
};

/**
 * Checks what an experiment says under `forget`.
 *
 * @throws LtuError `OPTION` for an unknown kind (with the nearest right one) and every mistake in it.
 */
export function parseForget(json: unknown, source: string): ForgetConfig {
  if (typeof json !== "object" || json === null || !("kind" in json)) {
    const hasCount = typeof json === "object" && json !== null && "count" in json;
    const random: z.ZodType<RandomForget> = hasCount
      ? z.strictObject({ count })
      : z.strictObject({ share: z.number() });
    return parseStrict(random, json, { what: "forget set", source });
  }
  const names = Object.keys(kinds);
  const { kind } = json as { readonly kind: unknown };
  if (typeof kind !== "string" || !names.includes(kind)) {
    throw new LtuError(
      "OPTION",
      `experiment ${source}: forget.kind must be one of ${names.join(", ")} (share or count without a kind is a random set), found ${JSON.stringify(kind)}; ${didYouMean(String(kind), names)}`,
    );
  }
  const schema = kinds[kind as NamedForget["kind"]] as z.ZodType<NamedForget>;
  const forget = parseStrict(schema, json, { what: "forget set", source });
  if (forget.kind === "requests" && arrivedRequests(forget) > forget.sizes.length) {
    throw new LtuError(
      "OPTION",
      `experiment ${source}: forget.upTo must be at most the ${forget.sizes.length} requests of forget.sizes, found ${forget.upTo}; add sizes or ask for fewer.`,
    );
  }
  return forget;
}

/** How many requests to forget have arrived. */
export function arrivedRequests({
  sizes,
  upTo = sizes.length,
}: Pick<Extract<NamedForget, { kind: "requests" }>, "sizes" | "upTo">): number {
  return upTo;
}

/** Whether a forget set has a name, and is not drawn at random. */
export function isNamed(forget: ForgetConfig): forget is NamedForget {
  return "kind" in forget;
}
