import type { IndexSet } from "@ltu/core";
import {
  evaluatorManifest,
  feedbackManifest,
  firewall,
  type Evaluator,
  type FeedbackManifest,
} from "@ltu/mia/evaluators";

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

/** What an evaluator has in common with the feedback of the row. */
export function sharedWithFeedback(
  evaluator: Evaluator,
  { manifest, use }: { readonly manifest: FeedbackManifest | undefined; readonly use: EvaluatorUse },
): { readonly independent: boolean; readonly mark?: string | undefined } {
  if (manifest === undefined) return { independent: true };
  const made = evaluatorManifest(evaluator, { data: manifest.data, ...use });
  return firewall({ feedback: manifest, evaluator: made }, { allowShared: true });
}
