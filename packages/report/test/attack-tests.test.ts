import { holm } from "@ltu/metrics";
import { describe, expect, it } from "vitest";

import { attackTests } from "../src/attack-tests.ts";
import { hasStrength, type AttackReading } from "../src/audit.ts";
import type { Result, Row } from "../src/result.ts";
import { withAudits } from "./example-result.ts";

const row = (result: Result, label: string): Row => result.rows.find((each) => each.label === label) as Row;

/** The example whose finetune has p_y as the oracles and a single attack, `rmia`, with this AUC; made-up others beside it. */
function attacked(auc: number, others: number): { result: Result; model: Row } {
  const full = withAudits();
  const add = (attacks: readonly AttackReading[], value: number): AttackReading[] => {
    const rmia = attacks.find(({ attack }) => attack === "rmia") as AttackReading;
    if (!hasStrength(rmia.reading)) throw new Error("no strength");
    const { reading } = rmia;
    const made = (attack: string, at: number): AttackReading => ({
      ...rmia,
      attack,
      reading: { ...reading, auc: at, aucInterval: { low: at - 0.03, high: at + 0.03 } },
    });
    const kept = reading.auc;
    return [
      made("rmia", value === 0 ? kept : value),
      ...Array.from({ length: others }, (_, i) => made(`other ${i}`, value === 0 ? kept : 0.5)),
    ];
  };
  const { reference } = full.oracles;
  const result: Result = {
    ...full,
    oracles: {
      ...full.oracles,
      reference: reference.map((each) => ({
        ...each,
        audit: each.audit && { ...each.audit, attacks: add(each.audit.attacks, 0) },
      })),
    },
  };
  const model = row(full, "finetune");
  const audit = model.audit && { ...model.audit, attacks: add(model.audit.attacks, auc) };
  return { result, model: { ...model, audit, metrics: { ...model.metrics, aucForgetTest: 0.503 } } };
}

describe("the attacks on a model", () => {
  it("count as different by the band of one more oracle", () => {
    // Oracles 0.49, 0.50 and 0.51: 0.56 is 6 sd away, t = 6 / sqrt(4/3) = 5.196 with 2 degrees of freedom, p = 0.0351.
    const { result, model } = attacked(0.56, 0);
    const tests = attackTests(
      { ...result, rows: [] },
      { ...model, metrics: { ...model.metrics, aucForgetTest: { reason: "FAILED" } } },
    );
    expect(tests).toHaveLength(1);
    expect(tests[0]).toMatchObject({ auc: 0.56, side: "above" });
    expect(tests[0]?.p).toBeCloseTo(1 - Math.sqrt(27 / 29), 6);
  });

  it("are corrected for how many there are: what shows alone may not show among many", () => {
    const { result, model } = attacked(0.56, 0);
    const [alone] = attackTests(result, model);
    // With p_y there are two.
    expect(alone?.p).toBeCloseTo(2 * (1 - Math.sqrt(27 / 29)), 6);
    expect(alone?.side).toBe("within");
    const strong = attacked(0.62, 0);
    expect(attackTests(strong.result, strong.model)[0]?.side).toBe("above");
    const many = attacked(0.62, 9);
    const [first, ...rest] = attackTests(many.result, many.model);
    expect(rest).toHaveLength(10);
    expect(first?.attack?.attack).toBe("rmia");
    expect(first?.side).toBe("within");
    expect(first?.p).toBeCloseTo(holm([1 - Math.sqrt(108 / 110), ...rest.map(() => 1)])[0] as number, 3);
  });

  it("count on the side below too", () => {
    const { result, model } = attacked(0.3, 0);
    expect(attackTests(result, model)[0]).toMatchObject({ side: "below" });
  });

  it("without an oracle that they could score go by chance, and a separation without interval counts", () => {
    const { result, model } = attacked(0.56, 0);
    const reference = result.oracles.reference.slice(0, 1).map((each) => ({
      ...each,
      audit: each.audit && { ...each.audit, attacks: [] },
    }));
    const one: Result = { ...result, oracles: { ...result.oracles, reference } };
    const [test] = attackTests(one, model);
    // 0.53 is the lower end of the interval.
    expect(test).toMatchObject({ auc: 0.56, side: "above" });
    const [attack] = model.audit?.attacks ?? [];
    if (attack === undefined || !hasStrength(attack.reading) || model.audit === undefined)
      throw new Error("none");
    const separated = {
      ...attack,
      reading: { ...attack.reading, auc: 1, aucInterval: { reason: "DEGENERATE" } as const },
    };
    const [found] = attackTests(one, { ...model, audit: { ...model.audit, attacks: [separated] } });
    expect(found).toMatchObject({ auc: 1, side: "above" });
  });
});
