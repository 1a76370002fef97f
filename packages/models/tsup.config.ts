import { ltuPackage } from "../../tooling/tsup.ts";
export default ltuPackage({
  index: "src/index.ts",
  files: "src/files/index.ts",
  "layers-model": "src/layers-model/index.ts",
  "layers-model-files": "src/layers-model/files/index.ts",
  torch: "src/torch/index.ts",
});
