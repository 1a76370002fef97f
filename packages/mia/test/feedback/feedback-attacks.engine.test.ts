import { describeAttack, trainedControls } from "../../src/contract/index.ts";
import { feedbackAttacks } from "../../src/feedback/index.ts";

const controls = trainedControls();
for (const definition of Object.values(feedbackAttacks)) describeAttack(definition, { controls });
