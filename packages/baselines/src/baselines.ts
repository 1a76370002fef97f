import type { Unlearner } from "@ltu/core";

import { boundaryExpanding, type BoundaryExpandingOptions } from "./boundary-expanding.ts";
import { boundaryShrink, type BoundaryShrinkOptions } from "./boundary-shrink.ts";
import { badTeacher, type BadTeacherOptions } from "./contrib/bad-teacher.ts";
import { convolutionTranspose, type ConvolutionTransposeOptions } from "./contrib/convolution-transpose.ts";
import { maskedSmallGradients, type MaskedSmallGradientsOptions } from "./contrib/masked-small-gradients.ts";
import { negGradPlus, type NegGradPlusOptions } from "./contrib/neg-grad-plus.ts";
import { scrub, type ScrubOptions } from "./contrib/scrub.ts";
import { ssd, type SsdOptions } from "./contrib/ssd.ts";
import { doNothing, type DoNothingOptions } from "./do-nothing.ts";
import { finetune, type FinetuneOptions } from "./finetune.ts";
import { gradientAscent, type GradientAscentOptions } from "./gradient-ascent.ts";
import { influenceUnlearning, type InfluenceUnlearningOptions } from "./influence-unlearning.ts";
import { l1Sparse, type L1SparseOptions } from "./l1-sparse.ts";
import { randomLabelsAnchored, type RandomLabelsAnchoredOptions } from "./random-labels-anchored.ts";
import { randomLabels, type RandomLabelsOptions } from "./random-labels.ts";
import { retrain, type RetrainOptions } from "./retrain.ts";
import { salunSoft, type SalunSoftOptions } from "./salun-soft.ts";
import { salun, type SalunOptions } from "./salun.ts";

/** Every baseline by its name in tables and experiment files. */
export const baselines: {
  readonly "bad-teacher": (options?: BadTeacherOptions) => Unlearner;
  readonly "boundary-expanding": (options?: BoundaryExpandingOptions) => Unlearner;
  readonly "boundary-shrink": (options?: BoundaryShrinkOptions) => Unlearner;
  readonly "convolution-transpose": (options?: ConvolutionTransposeOptions) => Unlearner;
  readonly "do-nothing": (options?: DoNothingOptions) => Unlearner;
  readonly finetune: (options?: FinetuneOptions) => Unlearner;
  readonly "gradient-ascent": (options?: GradientAscentOptions) => Unlearner;
  readonly "influence-unlearning": (options?: InfluenceUnlearningOptions) => Unlearner;
  readonly "l1-sparse": (options?: L1SparseOptions) => Unlearner;
  readonly "masked-small-gradients": (options?: MaskedSmallGradientsOptions) => Unlearner;
  readonly "neg-grad-plus": (options?: NegGradPlusOptions) => Unlearner;
  readonly "random-labels": (options?: RandomLabelsOptions) => Unlearner;
  readonly "random-labels-anchored": (options?: RandomLabelsAnchoredOptions) => Unlearner;
  readonly retrain: (options?: RetrainOptions) => Unlearner;
  readonly salun: (options?: SalunOptions) => Unlearner;
  readonly "salun-soft": (options?: SalunSoftOptions) => Unlearner;
  readonly scrub: (options?: ScrubOptions) => Unlearner;
  readonly ssd: (options?: SsdOptions) => Unlearner;
} = {
  "bad-teacher": badTeacher,
  "boundary-expanding": boundaryExpanding,
  "boundary-shrink": boundaryShrink,
  "convolution-transpose": convolutionTranspose,
  "do-nothing": doNothing,
  finetune,
  "gradient-ascent": gradientAscent,
  "influence-unlearning": influenceUnlearning,
  "l1-sparse": l1Sparse,
  "masked-small-gradients": maskedSmallGradients,
  "neg-grad-plus": negGradPlus,
  "random-labels": randomLabels,
  "random-labels-anchored": randomLabelsAnchored,
  retrain,
  salun,
  "salun-soft": salunSoft,
  scrub,
  ssd,
};
