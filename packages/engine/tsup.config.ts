import { ltuPackage } from "../../tooling/tsup.ts";
export default ltuPackage({
  index: "src/index.ts",
  "backends/cpu": "src/backends/cpu.ts",
  "backends/node": "src/backends/node.ts",
  "backends/node-gpu": "src/backends/node-gpu.ts",
  "backends/wasm": "src/backends/wasm.ts",
  "backends/webgpu": "src/backends/webgpu.ts",
});
