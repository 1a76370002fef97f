import { ltuPackage } from "../../tooling/tsup.ts";
export default ltuPackage();
