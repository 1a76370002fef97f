export { gaussianBatches } from "./fixtures.ts";
export { compareGolden, decodeTensor, type Comparison } from "./golden/compare.ts";
export {
  readGoldenFile,
  type GoldenCase,
  type GoldenFile,
  type GoldenTensor,
  type GoldenTopic,
} from "./golden/schema.ts";
export { descendInConflict, type ConflictOutcome, type JoinGradients } from "./toys/conflicting-losses.ts";
export { keptLoss, type SupportQueryGradient } from "./toys/task-gap.ts";
