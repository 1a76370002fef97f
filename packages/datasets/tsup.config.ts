import { ltuPackage } from "../../tooling/tsup.ts";
export default ltuPackage({ index: "src/index.ts", node: "src/node.ts" });
