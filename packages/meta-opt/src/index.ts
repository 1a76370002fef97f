export { fuseQueries } from "./fuse-queries.ts";
export {
  hvp,
  hvpSearchSteps,
  hvpStep,
  type HessianVectorProduct,
  type HvpOptions,
  type Loss,
} from "./hvp.ts";
export type { InnerParams } from "./inner-params.ts";
export { innerStep } from "./inner-step.ts";
export type { MetaGradientOptions } from "./meta-gradient-options.ts";
export { disposeMetaGradient, type MetaGradient } from "./meta-gradient-result.ts";
export { metaGradient } from "./meta-gradient.ts";
