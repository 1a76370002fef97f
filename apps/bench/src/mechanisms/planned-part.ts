import type { MechanismPart } from "@ltu/report";
import type { Stage, StageResults } from "@ltu/runner";

/** One part of a study of mechanisms before it has run. */
export interface PlannedPart {
  /** In the order in which they run. */
  readonly stages: readonly Stage[];
  /** Reads what the stages made. */
  assemble(results: StageResults): Promise<MechanismPart[]>;
}
