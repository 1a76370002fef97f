export { alignedMtl } from "./aligned-mtl.ts";
export { cagrad, type CagradOptions } from "./cagrad.ts";
export {
  combine,
  type Combined,
  type CombinedLayer,
  type CombineOptions,
  type GradientGeometry,
} from "./combine.ts";
export { conflictCoefficient } from "./conflict-coefficient.ts";
export {
  harmonize,
  harmonizeWeights,
  type Harmonized,
  type HarmonizedLayer,
  type HarmonizeOptions,
  type PairGeometry,
} from "./harmonize.ts";
export { imtlG, type ImtlGOptions } from "./imtl-g.ts";
export { layersOf, scopes, type Layer, type Scope } from "./layers.ts";
export { mgda } from "./mgda.ts";
export { harmonizeModes, type HarmonizeMode } from "./modes.ts";
export { pcgrad, type PcgradOptions } from "./pcgrad.ts";
export { project } from "./project.ts";
export { rules, type Rule, type RuleName, type RuleOptions } from "./rules.ts";
export { upgrad } from "./upgrad.ts";
