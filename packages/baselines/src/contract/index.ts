export { describeUnlearner, unlearnerChecks } from "./describe-unlearner.ts";
export {
  createSubject,
  type UnlearnerCheck,
  type UnlearnerContractOptions,
  type UnlearnerSubject,
} from "./subject.ts";
