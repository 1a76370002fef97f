import { describeAttack } from "../../src/contract/index.ts";
import { feedbackAttacks } from "../../src/feedback/index.ts";

for (const definition of Object.values(feedbackAttacks)) describeAttack(definition);
