export { resolveEngine, type EngineName } from "./resolve.ts";
