import type { Reading } from "@ltu/report";
import { z } from "zod";

// What the lines of all archives have in common.

/** A number, or the reason why there is none; its code is checked where a result is made of it. */
export const reading: z.ZodType<Reading> = z.union([
  z.number(),
  z.strictObject({ reason: z.string(), detail: z.string().optional() }),
]) as unknown as z.ZodType<Reading>;

/** Versions by package or program. */
export const versionsOf: z.ZodType<Readonly<Record<string, string>>> = z.record(z.string(), z.string());
