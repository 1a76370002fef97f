export type { GradientPass } from "./accumulate-gradients.ts";
export { baselines } from "./baselines.ts";
export { boundaryExpanding, type BoundaryExpandingOptions } from "./boundary-expanding.ts";
export { boundaryShrink, type BoundaryShrinkOptions } from "./boundary-shrink.ts";
export { badTeacher, type BadTeacherOptions } from "./contrib/bad-teacher.ts";
export { convolutionTranspose, type ConvolutionTransposeOptions } from "./contrib/convolution-transpose.ts";
export { maskedSmallGradients, type MaskedSmallGradientsOptions } from "./contrib/masked-small-gradients.ts";
export { negGradPlus, type NegGradPlusOptions } from "./contrib/neg-grad-plus.ts";
export { scrub, type ScrubOptions } from "./contrib/scrub.ts";
export { ssd, type SsdOptions } from "./contrib/ssd.ts";
export { doNothing, type DoNothingOptions } from "./do-nothing.ts";
export { fgsm } from "./fgsm.ts";
export { finetune, type FinetuneOptions } from "./finetune.ts";
export { gradientAscent, type GradientAscentOptions } from "./gradient-ascent.ts";
export { grids, type GridName } from "./grids.ts";
export { influenceUnlearning, type InfluenceUnlearningOptions } from "./influence-unlearning.ts";
export { l1Sparse, type L1SparseOptions } from "./l1-sparse.ts";
export { maskedSgd, type MaskedSgdOptions } from "./masked-sgd.ts";
export { parameterImportance } from "./parameter-importance.ts";
export { randomLabelEpochs } from "./random-label-training.ts";
export { randomLabelsAnchored, type RandomLabelsAnchoredOptions } from "./random-labels-anchored.ts";
export { randomLabels, type RandomLabelsOptions } from "./random-labels.ts";
export { retrain, type RetrainOptions } from "./retrain.ts";
export { saliencyGradient, saliencyMask } from "./saliency-mask.ts";
export { salunSoft, type SalunSoftOptions } from "./salun-soft.ts";
export { salun, type SalunOptions } from "./salun.ts";
export {
  chooseConfigurations,
  type Choice,
  type FailedTrial,
  type Search,
} from "./tuning/choose-configuration.ts";
export {
  configurations,
  type Configuration,
  type ConfigurationsOptions,
  type OptionRange,
  type OptionValue,
  type SearchGrid,
} from "./tuning/configurations.ts";
