import { LtuError } from "@ltu/core";

import { auditShares } from "./audit-sets.ts";
import type { RunContext } from "./run-context.ts";

/** The smallest share is that of the part which calibrates attacks; below this it would hold no image. */
const fewest = Math.round(1 / Math.min(...Object.values(auditShares)));

/**
 * Refuses a test set too small to be cut into the parts of an audit, before anything is trained. Where a class is forgotten
 * as a whole the parts depend on how many of its images there are; then the audit itself says it.
 *
 * @throws LtuError `OPTION` that names the keys.
 */
export function checkAudit({ experiment, forgotten }: Pick<RunContext, "experiment" | "forgotten">): void {
  const { audit, data } = experiment;
  if (forgotten !== undefined || audit.evaluators.length === 0 || data.test >= fewest) return;
  throw new LtuError(
    "OPTION",
    `experiment: audit.evaluators need at least ${fewest} test images, to attack, fit and calibrate with, found data.test ${data.test}; raise it, or give no evaluators.`,
  );
}
