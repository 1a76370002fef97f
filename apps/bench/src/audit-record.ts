import type { IndexSet } from "@ltu/core";
import type { Result, Row } from "@ltu/report";

import { cutAuditSets } from "./audit-sets.ts";
import { feedbackUse } from "./plan-feedback.ts";
import type { Plan, PlannedRow } from "./plan.ts";
import type { RunContext } from "./run-context.ts";
import { shadowAudit } from "./shadows/shadow-sets.ts";
import { transform } from "./stages/attack-input.ts";
import type { PreparedSplits } from "./stages/prepare.ts";
import { madeOfManifest, manifestOf } from "./stages/shared-with-feedback.ts";

// What a result records of its audit beside numbers: which images, and what feedback was made of.

/** The sets of a run. */
export type RunSplits = PreparedSplits & { readonly accessibleRetain: IndexSet };

/** What gave feedback while a row was unlearned; nothing for a row without. */
export function feedbackOf(
  context: RunContext,
  { planned, splits }: { readonly planned: PlannedRow; readonly splits: RunSplits },
): Pick<Row, "feedback"> {
  const use = feedbackUse(context, planned);
  const samples = Int32Array.from([...splits.accessibleRetain, ...splits.valSet]);
  const manifest = manifestOf(use, { data: context.data.contentHash, samples });
  return manifest === undefined ? {} : { feedback: madeOfManifest(manifest) };
}

/** Which images audits score. */
export function auditedOf(
  context: RunContext,
  { plan, splits }: { readonly plan: Plan; readonly splits: RunSplits },
): Result["audited"] {
  const { forgetSet, testSet } = splits;
  const { unseen } = cutAuditSets(testSet, context.rng.split("audit"), context.forgotten);
  const besideShadows =
    plan.shadows.originals.length === 0
      ? {}
      : {
          unseenBesideShadows: Array.from(
            shadowAudit(context, splits).targets.scored.subarray(forgetSet.length),
          ),
        };
  return { transform, forget: Array.from(forgetSet), unseen: Array.from(unseen), ...besideShadows };
}
