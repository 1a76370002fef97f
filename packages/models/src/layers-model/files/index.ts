export { loadLayersModel } from "./load-layers-model.ts";
export { saveLayersModel } from "./save-layers-model.ts";
