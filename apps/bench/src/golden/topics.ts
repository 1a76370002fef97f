import type { GoldenTopic } from "@ltu/testing";

import { topic as baselines } from "./baselines.ts";
import { topic as batchnormTorch } from "./batchnorm-torch.ts";
import { topic as forgettingQuality } from "./forgetting-quality.ts";
import { topic as harmonize } from "./harmonize.ts";
import { topic as klom } from "./klom.ts";
import { topic as lira } from "./lira.ts";
import { topic as metaGradient } from "./meta-gradient.ts";
import { topic as miaFeatures } from "./mia-features.ts";
import { topic as miaSvc } from "./mia-svc.ts";
import { topic as miaThresholds } from "./mia-thresholds.ts";
import { topic as resnet18Cifar } from "./resnet18-cifar.ts";
import { topic as rmia } from "./rmia.ts";
import { topic as saliencyMask } from "./saliency-mask.ts";
import { topic as scores } from "./scores.ts";
import { topic as sgdTorch } from "./sgd-torch.ts";
import { topic as ulira } from "./ulira.ts";

/** Every golden topic that exists so far. */
export const topics: readonly GoldenTopic[] = [
  sgdTorch,
  batchnormTorch,
  harmonize,
  metaGradient,
  miaFeatures,
  miaSvc,
  lira,
  rmia,
  ulira,
  miaThresholds,
  forgettingQuality,
  klom,
  scores,
  resnet18Cifar,
  baselines,
  saliencyMask,
];
