import { ltuPackage } from "../../tooling/tsup.ts";
export default ltuPackage({ index: "src/index.ts", contract: "src/contract/index.ts" });
