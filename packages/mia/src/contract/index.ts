export { caughtFrom, controlOfEvaluator, controlOfFeedback, type ControlOutcome } from "./controls.ts";
export { describeAttack, type DescribeAttackOptions } from "./describe-attack.ts";
export { madeUpSamples, type MadeUpSamples } from "./made-up-samples.ts";
export { trainedControls, type Controls, type ControlSamples } from "./trained-samples.ts";
