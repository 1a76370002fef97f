export { adaptiveAveragePool } from "./layers/adaptive-average-pool.ts";
export { attention, type AttentionOptions } from "./layers/attention.ts";
export {
  batchNorm,
  updateRunningStatistics,
  type BatchNormLayerOptions,
  type BatchStatistics,
} from "./layers/batch-norm.ts";
export { convBatchNorm, type ForwardContext } from "./layers/conv-batch-norm.ts";
export { conv, type ConvOptions } from "./layers/conv.ts";
export { dense } from "./layers/dense.ts";
export { gelu } from "./layers/gelu.ts";
export { initialWeights, type LayerSpec } from "./layers/initial-weights.ts";
export { layerNorm } from "./layers/layer-norm.ts";
export { normalize, type Normalization } from "./layers/normalize.ts";
export { mlp, type MlpOptions } from "./mlp.ts";
export { modelOf, type Architecture } from "./model-of.ts";
export { models } from "./models.ts";
export { resnetCifar, type ResnetCifarOptions } from "./resnet-cifar.ts";
export { resnet18, type Resnet18Options } from "./resnet18.ts";
export { resnet20, type Resnet20Options } from "./resnet20.ts";
export { smallCnn, type SmallCnnOptions } from "./small-cnn.ts";
export { vgg16Bn, type Vgg16BnOptions } from "./vgg16-bn.ts";
export { vitTiny, type VitTinyOptions } from "./vit-tiny.ts";
