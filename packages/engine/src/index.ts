export {
  unavailable,
  type EngineBackend,
  type EngineName,
  type StartedBackend,
  type StartOptions,
} from "./engine-backend.ts";
export { registerGradients } from "./gradients.ts";
export { engineNames, resolveEngine, type EngineReport, type ResolveEngineOptions } from "./resolve.ts";
