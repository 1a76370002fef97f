import { describe } from "vitest";

import { feedbackAttacks } from "../../src/feedback/index.ts";
import { describeAttack } from "./attack-contract.ts";

describe.each(Object.values(feedbackAttacks))("$name", (definition) => describeAttack(definition));
