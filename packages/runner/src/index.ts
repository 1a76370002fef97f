export { makeFolder, writeFileAtomic } from "./atomic-write.ts";
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
export {
  runStages,
  type OnStageEvent,
  type RunStagesOptions,
  type StageEvent,
  type StageResults,
} from "./run-stages.ts";
export { stageKey, type Stage, type StageContext } from "./stage.ts";
export { openStore, type Store } from "./store.ts";
export { writeFiles } from "./write-files.ts";
