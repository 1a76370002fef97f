export { harmonize, harmonizeWeights, type Harmonized, type HarmonizeOptions } from "./harmonize.ts";
export { harmonizeModes, type HarmonizeMode } from "./modes.ts";
export { conflictCoefficient, project } from "./project.ts";
