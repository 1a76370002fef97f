export { baselines } from "./baselines.ts";
export { doNothing, type DoNothingOptions } from "./do-nothing.ts";
export { finetune, type FinetuneOptions } from "./finetune.ts";
export { randomLabels, type RandomLabelsOptions } from "./random-labels.ts";
export { retrain, type RetrainOptions } from "./retrain.ts";
