import { benchStep, type BenchStepOptions } from "./bench-step.ts";

/** `bench-step`: measures and prints one JSON object. */
export async function benchStepCommand(options: BenchStepOptions): Promise<void> {
  console.log(JSON.stringify(await benchStep(options), null, 2));
}
