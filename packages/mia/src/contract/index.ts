export { describeAttack } from "./describe-attack.ts";
export { madeUpSamples, type MadeUpSamples } from "./made-up-samples.ts";
