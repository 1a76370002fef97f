export { fromLayersModel, type AdaptedModel, type FromLayersModelOptions } from "./from-layers-model.ts";
