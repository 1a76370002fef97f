import type { Reading, RowMetrics } from "@ltu/report";
import { z } from "zod";

import type { ModelArtefact } from "../stages/weights-artefact.ts";

// What the lines of all archives have in common.

/** A number, or the reason why there is none; its code is checked where a result is made of it. */
const reading: z.ZodType<Reading> = z.union([
  z.number(),
  z.strictObject({ reason: z.string(), detail: z.string().optional() }),
]) as unknown as z.ZodType<Reading>;

/** The numbers of one model. */
export const metricsOf: z.ZodType<RowMetrics> = z.strictObject({
  ua: reading,
  ra: reading,
  ta: reading,
  miaEfficacy: reading,
  aucForgetTest: reading,
});

const count = z.int().min(0);

/** What a method saw. */
export const costOf: z.ZodType<ModelArtefact["cost"]> = z.strictObject({
  imagesForward: count,
  imagesBackward: count,
  steps: count,
});

/** Versions by package or program. */
export const versionsOf: z.ZodType<Readonly<Record<string, string>>> = z.record(z.string(), z.string());
