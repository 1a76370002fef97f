import type { ClassView } from "@ltu/metrics";
import { z } from "zod";

import type { AttackReason, MadeOf, ModelAudit } from "./audit.ts";
import type { StudyStrength } from "./study.ts";
import { json, missing, number } from "./format-parts.ts";
import type { Missing } from "./reasons.ts";

const share = number.min(0).max(1);
const ends = z.union([z.strictObject({ low: number, high: number }), missing]);
const rate = z.union([z.strictObject({ fpr: share, estimate: share, low: share, high: share }), missing]);
const kept = {
  auc: share,
  aucInterval: ends,
  tpr: z.array(rate),
  turnedTpr: z.array(rate),
  smallestFpr: share,
  samples: z.strictObject({ forget: z.int(), unseen: z.int(), leftOut: z.int() }),
} as const;
const scores = z.array(number.nullable());
/** What attacks were made of, as it stands in a file. */
export const madeOf: z.ZodType<MadeOf> = z.strictObject({
  data: z.string(),
  fittingSamples: z.strictObject({ count: z.int().min(0), sha256: z.string() }),
  seeds: z.array(z.string()),
  shadowModels: z.array(z.string()),
  families: z.array(z.string()),
});
const strength = z.strictObject({
  ...kept,
  leftOutFor: z.record(z.string(), z.int().min(1)).optional(),
  scores: z.strictObject({ forget: scores, unseen: scores }).optional(),
  balancedAccuracy: share,
  roc: z.array(z.strictObject({ fpr: share, tpr: share })),
  about: z.record(z.string(), json),
});
const reason = z.strictObject({ reason: z.string().regex(/^[A-Z_]+$/), detail: z.string() });

/** An attack on one model of a study as it stands in a file. */
export const studyStrength: z.ZodType<StudyStrength | AttackReason> = z.union([z.strictObject(kept), reason]);

const percent = number.min(0).max(100);
/** What forgetting a class did, as it stands in a file. */
export const classes: z.ZodType<ClassView | Missing> = z.union([
  z.strictObject({
    forgotten: z.int().min(0),
    unseenUa: percent,
    accuracy: z.array(percent.nullable()),
    toForgotten: z.array(percent.nullable()),
    answers: z.strictObject({ forget: z.array(percent), unseen: z.array(percent) }),
  }),
  missing,
]);

/** The audit of one model as it stands in a file. */
export const modelAudit: z.ZodType<ModelAudit> = z.strictObject({
  intervals: z.strictObject({ ua: ends, ra: ends, ta: ends, miaEfficacy: ends, aucForgetTest: ends }),
  phi: z.strictObject({ forget: z.array(number), unseen: z.array(number) }),
  attacks: z.array(
    z.strictObject({
      attack: z.string().min(1),
      kind: z.string(),
      families: z.array(z.string()),
      shadowsOf: z.string().optional(),
      mark: z.string().optional(),
      madeOf: madeOf.optional(),
      reading: z.union([strength, reason]),
    }),
  ),
  zrf: z.union([number, missing]).optional(),
  relearn: z
    .union([
      z.strictObject({
        target: number.min(0),
        steps: z.union([z.int().min(0), missing]),
        losses: z.array(number.min(0)).min(1),
      }),
      missing,
    ])
    .optional(),
  classes: classes.optional(),
});
