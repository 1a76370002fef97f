export { describeUnlearner } from "../src/contract/index.ts";
export * from "./run-tiny.ts";
