import { classBalanced } from "./class-balanced.ts";
import { classSkewed } from "./class-skewed.ts";
import { hard } from "./hard.ts";
import { nearForget } from "./near-forget.ts";
import type { Sampler } from "./sampler.ts";
import { uniform } from "./uniform.ts";

/** All samplers by name. */
export const samplers: Readonly<{
  classBalanced: Sampler;
  classSkewed: Sampler;
  hard: Sampler;
  nearForget: Sampler;
  uniform: Sampler;
}> = { classBalanced, classSkewed, hard, nearForget, uniform };

/** The name of one of the {@link samplers}. */
export type SamplerName = keyof typeof samplers;
