export { forgetLoss, type ForgetTargetOptions } from "./forget-target.ts";
export { ltu, type LtuConfig } from "./ltu.ts";
export { optionSets, type LtuOptions, type OptionSetName } from "./option-sets.ts";
export { midQuantiles } from "./quantile-targets.ts";
