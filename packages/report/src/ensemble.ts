import type { Missing, Reading } from "./reasons.ts";

/** KLOM over one set: its mean and 95th percentile over images, beside what it can be at best and at worst. */
export interface EnsembleKlom {
  readonly mean: number;
  readonly p95: number;
  /** Half of the oracles against the other half: what a perfect method would show. */
  readonly noiseFloor: { readonly mean: number; readonly p95: number } | Missing;
  /** The models before anything was forgotten. */
  readonly ceiling: { readonly mean: number; readonly p95: number } | Missing;
}

/** Several models of one method beside several retrained ones. Values of other numbers of models cannot be compared. */
export interface Ensemble {
  readonly models: number;
  readonly oracles: number;
  /** Whether each model comes from an original of its own, or all from one. */
  readonly originals: "one" | "own";
  readonly klom: Readonly<Record<"forget" | "retain" | "test", EnsembleKlom>>;
  /** Forgetting quality of the 2023 challenge, on the forget set. */
  readonly forgetting:
    | {
        readonly forgetScore: Reading;
        /** F of half of the oracles against the other half. */
        readonly noiseFloor: Reading;
        readonly challengeScore: Reading;
        readonly epsilon: { readonly median: Reading; readonly p95: Reading; readonly largest: Reading };
        /** The largest epsilon below infinity that so many models can show, and where the points end. */
        readonly largestFinite: number;
        readonly maxEpsilon: number;
      }
    | Missing;
}
