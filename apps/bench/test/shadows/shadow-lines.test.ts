import { describe, expect, it } from "vitest";

import { shadowLines } from "../../src/shadows/shadow-lines.ts";
import { tiny } from "./run-tiny.ts";

describe("the lines about shadow models", () => {
  it("say what each rung of the ladder is worth where there are none", () => {
    expect(shadowLines(tiny({}))).toEqual([
      "shadows   none: attacks with a distribution for each image need some, --set audit.shadows.budget=smoke",
      // Student's t quantiles with 6, 62 and 254 degrees of freedom times the root of 2 over 4, 32 and 128.
      "          smoke (8 models): one image to 1.73 sd; dev (64 models): one image to 0.50 sd; paper (256 models): one image to 0.25 sd",
    ]);
  });

  it("say what the run's own are worth", () => {
    const experiment = tiny({
      audit: { shadows: { budget: 4 } },
      forget: { count: 150 },
      methods: [
        { name: "do-nothing", shadows: true },
        { name: "finetune", options: { retainAccess: "rho" } },
      ],
    });
    const [first, second] = shadowLines(experiment);
    // 1.96 times the root of 301 over 12 times 150 times 150.
    expect(first).toBe(
      "shadows   4 trained, 4 unlearned (1 method); AUC of 150 forgotten images to 0.065 either way",
    );
    expect(second).toMatch(/^ {10}now \(4 models\): one image to 4\.30 sd; smoke \(8 models\)/);
  });
});
