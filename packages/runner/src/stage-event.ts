import type { ProgressEvent } from "@ltu/core";

/** What happens to a stage; `index` counts from 1, `done` is the number of stages finished or re-used so far. */
export type StageEvent = {
  readonly stage: string;
  readonly index: number;
  readonly done: number;
  readonly total: number;
} & (
  | { readonly kind: "started" }
  /** Another process is at it; this one goes on with what does not need it, and comes back. */
  | { readonly kind: "waiting" }
  /** It goes on from a checkpoint; `wallMs` is what the work up to it took. */
  | { readonly kind: "resumed"; readonly wallMs: number }
  | { readonly kind: "progress"; readonly progress: ProgressEvent }
  | { readonly kind: "finished"; readonly wallMs: number }
  /** Its artefact was in the store; `wallMs` is what it took when it ran. */
  | { readonly kind: "reused"; readonly wallMs: number }
  /** What the store held for it does not verify; it is made again. */
  | { readonly kind: "damaged"; readonly what: "artefact" | "checkpoint" }
  /** It stopped because the signal was aborted. */
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: unknown }
);

/** Receives events; must not throw. */
export type OnStageEvent = (event: StageEvent) => void;
