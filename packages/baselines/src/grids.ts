import type { OptionRange, OptionValue, SearchGrid } from "./tuning/configurations.ts";

const log = (from: number, to: number): OptionRange => ({ scale: "log", from, to });
const linear = (from: number, to: number): OptionRange => ({ scale: "linear", from, to });
const whole = (from: number, to: number): OptionRange => ({ scale: "whole", from, to });
const oneOf = (...values: OptionValue[]): OptionRange => ({ scale: "choice", values });

/** SalUn's appendix, CIFAR-10 and ResNet-18, as third-party code holds it; nothing gives SalUn's own final choice. */
const salunAppendix = "ranges of SalUn's appendix (Fan et al., ICLR 2024) as a third-party re-run codes them";
const order: OptionRange = oneOf("sequential", "mixed");
const deepUnlearn =
  "xcadet/deepunlearn d3dacb6, `munl/settings.py` and `munl/unlearning/` (Deep Unlearn, arXiv 2410.01276)";

/** Rows that have a range. */
export type GridName =
  | "bad-teacher"
  | "boundary-expanding"
  | "boundary-shrink"
  | "convolution-transpose"
  | "finetune"
  | "gradient-ascent"
  | "influence-unlearning"
  | "l1-sparse"
  | "masked-small-gradients"
  | "neg-grad-plus"
  | "random-labels"
  | "random-labels-anchored"
  | "salun"
  | "salun-soft"
  | "scrub"
  | "ssd";

/**
 * The range that each method's options are searched in, by the name of its row: the published one where there is one.
 * Whoever searches takes the same number of configurations of each (`configurations`) and one rule for all
 * (`chooseConfigurations`). Do-nothing and Retrain have nothing to search.
 */
export const grids: Readonly<Record<GridName, SearchGrid>> = {
  "bad-teacher": {
    factory: "bad-teacher",
    published: "range",
    source: `${deepUnlearn}: rate 1e-5 to 1e-1, temperature 0 to 5; the lower end 0.5 is ours (at 0 nothing is defined), and so is Adam with 5 epochs at most (there up to 37)`,
    fixed: { optimizer: "adam" },
    ranges: { lr: log(1e-5, 1e-1), temperature: linear(0.5, 5), epochs: whole(1, 5) },
  },
  "boundary-expanding": {
    factory: "boundary-expanding",
    published: "range",
    source: `${salunAppendix}: 10 epochs, rate 1e-6 to 1e-4`,
    fixed: { epochs: 10 },
    ranges: { lr: log(1e-6, 1e-4) },
  },
  "boundary-shrink": {
    factory: "boundary-shrink",
    published: "range",
    source: `${salunAppendix}: 10 epochs, rate 1e-6 to 1e-4, step 0.1`,
    fixed: { epochs: 10 },
    ranges: { lr: log(1e-6, 1e-4) },
  },
  "convolution-transpose": {
    factory: "convolution-transpose",
    published: "range",
    source: `${deepUnlearn}: rate 1e-5 to 1e-1, batch 64, 128 or 256; 10 epochs at most (there up to 37) are ours`,
    fixed: {},
    ranges: { lr: log(1e-5, 1e-1), epochs: whole(1, 10), batchSize: oneOf(64, 128, 256) },
  },
  finetune: {
    factory: "finetune",
    published: "range",
    source: `${salunAppendix}: 10 epochs, rate 1e-3 to 1e-1`,
    fixed: { epochs: 10 },
    ranges: { lr: log(1e-3, 1e-1) },
  },
  "gradient-ascent": {
    factory: "gradient-ascent",
    published: "range",
    source: `${salunAppendix}: 5 epochs, rate 1e-5 to 1e-3`,
    fixed: { epochs: 5 },
    ranges: { lr: log(1e-5, 1e-3) },
  },
  "influence-unlearning": {
    factory: "influence-unlearning",
    published: "range",
    source: `${salunAppendix}: alpha 1 to 20`,
    fixed: { variant: "reference" },
    ranges: { alpha: log(1, 20) },
  },
  "l1-sparse": {
    factory: "l1-sparse",
    published: "range",
    source: `${salunAppendix}: 10 epochs, rate 1e-3 to 1e-1, gamma 1e-6 to 1e-4`,
    fixed: { epochs: 10 },
    ranges: { lr: log(1e-3, 1e-1), gamma: log(1e-6, 1e-4) },
  },
  "masked-small-gradients": {
    factory: "masked-small-gradients",
    published: "range",
    source: `${deepUnlearn}: rate 1e-5 to 1e-1, share drawn anew 0 to 1, batch 64, 128 or 256; 10 epochs at most (there up to 37) are ours`,
    fixed: {},
    ranges: {
      lr: log(1e-5, 1e-1),
      initRate: linear(0, 1),
      epochs: whole(1, 10),
      batchSize: oneOf(64, 128, 256),
    },
  },
  "neg-grad-plus": {
    factory: "neg-grad-plus",
    published: "range",
    source: `${deepUnlearn}: rate 1e-5 to 1e-1, share alpha 0 to 1; the lower end 0.5 of alpha (below it ascent outweighs descent) and 10 epochs (there up to 37) are ours`,
    fixed: { epochs: 10 },
    ranges: { lr: log(1e-5, 1e-1), alpha: linear(0.5, 1) },
  },
  "random-labels": {
    factory: "random-labels",
    published: "range",
    source: `${salunAppendix}: 10 epochs, rate 1e-3 to 1e-1; both orders of its code (OPTML-Group/Unlearn-Saliency a6e89fd and before f31f82e)`,
    fixed: { epochs: 10 },
    ranges: { lr: log(1e-3, 1e-1), order },
  },
  "random-labels-anchored": {
    factory: "random-labels-anchored",
    published: "none",
    source: "the range of random labels, and weights of the anchor around the one of LTU's set `initial`, 4",
    fixed: { epochs: 10 },
    ranges: { lr: log(1e-3, 1e-1), anchorWeight: log(1, 8), order },
  },
  salun: {
    factory: "salun",
    published: "range",
    source: `${salunAppendix}: 10 epochs, rate 5e-4 to 5e-2, density 0.1 to 0.9`,
    fixed: { epochs: 10 },
    ranges: { lr: log(5e-4, 5e-2), density: linear(0.1, 0.9) },
  },
  "salun-soft": {
    factory: "salun-soft",
    published: "none",
    source:
      "nothing is published for it; the range of SalUn, with the share of the mask in place of its density",
    fixed: { epochs: 10 },
    ranges: { lr: log(5e-4, 5e-2), maskRatio: linear(0.1, 0.9) },
  },
  scrub: {
    factory: "scrub",
    published: "range",
    source: `${deepUnlearn}: rate 1e-5 to 1e-1, alpha and gamma 0 to 1, temperature 0 to 5; the lower ends 0.1 and 0.5 of gamma and temperature, and 10 epochs with at most 5 of maximising (there up to 37 of each), are ours`,
    fixed: { epochs: 10, optimizer: "adam" },
    ranges: {
      lr: log(1e-5, 1e-1),
      alpha: linear(0, 1),
      gamma: linear(0.1, 1),
      msteps: whole(1, 5),
      temperature: linear(0.5, 5),
    },
  },
  ssd: {
    factory: "ssd",
    published: "point",
    source:
      "alpha 10, lambda 1 of if-loops/selective-synaptic-dampening cdfdc0e, `src/forget_random_main.py`; ten times less and more of each is ours",
    fixed: {},
    ranges: { selectionWeighting: log(1, 100), dampeningConstant: log(0.1, 10) },
  },
};
