export { fromTorch, type FromTorchOptions } from "./from-torch.ts";
export type { Naming } from "./naming.ts";
export { toTorch, type StateDict, type ToTorchOptions } from "./to-torch.ts";
