export { confidenceSvc, type ConfidenceSvcInput, type ConfidenceSvcResult } from "./confidence-svc.ts";
export { evaluatorAttacks } from "./evaluator-attacks.ts";
export { fitSvc, type Points, type Svc, type SvcOptions } from "./svc.ts";
