export { capabilities, type Capabilities } from "./capabilities.ts";
export {
  unavailable,
  type EngineBackend,
  type EngineName,
  type StartedBackend,
  type StartOptions,
} from "./engine-backend.ts";
export { registerGradients } from "./gradients.ts";
export { currentBytes, peakBytes, tensorCount, withLeakCheck } from "./memory.ts";
export {
  currentEngine,
  engineNames,
  resolveEngine,
  type EngineReport,
  type ResolveEngineOptions,
} from "./resolve.ts";
