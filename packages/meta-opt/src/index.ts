export {
  hvp,
  hvpSearchSteps,
  hvpStep,
  type HessianVectorProduct,
  type HvpOptions,
  type Loss,
} from "./hvp.ts";
export { innerStep } from "./inner-step.ts";
export {
  disposeMetaGradient,
  metaGradient,
  type MetaGradient,
  type MetaGradientOptions,
} from "./meta-gradient.ts";
