export { describeSampler, type SamplerContractOptions } from "./describe-sampler.ts";
