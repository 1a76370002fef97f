export { loadWeights } from "./load-weights.ts";
export { saveWeights } from "./save-weights.ts";
