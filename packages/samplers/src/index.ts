export { classBalanced } from "./class-balanced.ts";
export { classSkewed } from "./class-skewed.ts";
export { disjoint } from "./disjoint.ts";
export { hard } from "./hard.ts";
export { nearForget } from "./near-forget.ts";
export { refreshDue, type RefreshSchedule } from "./refresh-due.ts";
export type { Sampler, SamplerOptions, SamplerStatistics } from "./sampler.ts";
export { samplers, type SamplerName } from "./samplers.ts";
export { uniform } from "./uniform.ts";
