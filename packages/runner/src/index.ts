export { makeFolder, writeFileAtomic } from "./atomic-write.ts";
export type { Claim } from "./claim.ts";
export { canonicalJson, contentKey, type Json } from "./content-key.ts";
export {
  advanceProgress,
  progressLine,
  progressWriter,
  secondsLeft,
  type ProgressState,
  type ProgressStream,
  type ProgressWriterOptions,
} from "./progress.ts";
export { runStages, type RunStagesOptions, type StageResults } from "./run-stages.ts";
export type { OnStageEvent, StageEvent } from "./stage-event.ts";
export { stageKey, type Stage, type StageContext } from "./stage.ts";
export { openStore, type Store } from "./store.ts";
export { writeFiles } from "./write-files.ts";
