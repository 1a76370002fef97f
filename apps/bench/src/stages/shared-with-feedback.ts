import { createHash } from "node:crypto";

import type { IndexSet } from "@ltu/core";
import {
  evaluatorManifest,
  feedbackManifest,
  firewall,
  type AttackManifest,
  type Evaluator,
  type FeedbackManifest,
} from "@ltu/mia/evaluators";
import type { MadeOf } from "@ltu/report";

/** What gave feedback while the audited model was unlearned, for the firewall. */
export interface FeedbackUse {
  readonly attacks: readonly string[];
  readonly seeds: readonly string[];
  /** Content keys of reference models. */
  readonly shadowModels: readonly string[];
}

/** What an evaluator was made of on one model. */
export interface EvaluatorUse {
  readonly fittingSamples: readonly number[];
  /** Keys of random streams. */
  readonly seeds: readonly string[];
  /** Content keys of reference and shadow models, and of what served these. */
  readonly shadowModels: readonly string[];
}

/** The manifest of a row's feedback; nothing for a row without. */
export function manifestOf(
  feedback: FeedbackUse | undefined,
  { data, samples }: { readonly data: string; readonly samples: IndexSet },
): FeedbackManifest | undefined {
  return (
    feedback &&
    feedbackManifest(feedback.attacks, {
      data,
      fittingSamples: samples,
      seeds: feedback.seeds,
      shadowModels: feedback.shadowModels,
    })
  );
}

/** What an evaluator was made of, and what of that it has in common with the feedback of the row. */
export function sharedWithFeedback(
  evaluator: Evaluator,
  {
    data,
    manifest,
    use,
  }: { readonly data: string; readonly manifest: FeedbackManifest | undefined; readonly use: EvaluatorUse },
): { readonly independent: boolean; readonly mark?: string | undefined; readonly madeOf: MadeOf } {
  const made = evaluatorManifest(evaluator, { data, ...use });
  const madeOf = madeOfManifest(made);
  if (manifest === undefined) return { independent: true, madeOf };
  const { independent, mark } = firewall({ feedback: manifest, evaluator: made }, { allowShared: true });
  return { independent, mark, madeOf };
}

/** A manifest for a result: the samples by their number and hash. */
export function madeOfManifest({
  data,
  fittingSamples,
  seeds,
  shadowModels,
  families,
}: AttackManifest): MadeOf {
  const sha256 = createHash("sha256").update(fittingSamples.join(",")).digest("hex");
  return { data, fittingSamples: { count: fittingSamples.length, sha256 }, seeds, shadowModels, families };
}
