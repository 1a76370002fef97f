import { describe, expect, it } from "vitest";

import { attackTests } from "../src/attack-tests.ts";
import { hasStrength, type AttackReading, type ModelAudit } from "../src/audit.ts";
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
  it("count as different by their intervals over images and the spread of the oracles", () => {
    // Logits: 0.56 is 0.2412, the oracles -0.0400, 0 and 0.0400. Variances: 0.0622^2 and 0.0613^2 for 0.03 to either side,
    // 0.0400^2 between oracles. z = 0.2412 / 0.0961 = 2.51.
    const { result, model } = attacked(0.56, 0);
    const unread = { ...model.metrics, aucForgetTest: { reason: "FAILED" } } as const;
    const tests = attackTests(result, { ...model, metrics: unread });
    expect(tests).toHaveLength(1);
    expect(tests[0]).toMatchObject({ auc: 0.56, side: "above", hasDirection: true });
    expect(tests[0]?.p).toBeCloseTo(0.0121, 3);
  });

  it("are corrected for how many there are: what shows alone may not show among many", () => {
    const few = attacked(0.56, 0);
    const [alone] = attackTests(few.result, few.model);
    // With p_y there are two.
    expect(alone?.p).toBeCloseTo(2 * 0.0121, 3);
    expect(alone?.side).toBe("above");
    const many = attacked(0.56, 9);
    const [first, ...rest] = attackTests(many.result, many.model);
    expect(rest).toHaveLength(10);
    expect(first?.attack?.attack).toBe("rmia");
    expect(first?.side).toBe("within");
    expect(first?.p).toBeCloseTo(11 * 0.0121, 2);
  });

  it("have no direction where they are fitted on unlearned models", () => {
    const { result, model } = attacked(0.75, 0);
    const named = <T extends { readonly audit?: ModelAudit | undefined }>(each: T): T => ({
      ...each,
      audit: each.audit && {
        ...each.audit,
        attacks: each.audit.attacks.map((attack) => ({ ...attack, attack: "u-lira", shadowsOf: "finetune" })),
      },
    });
    const { reference } = result.oracles;
    const asked = { ...result, oracles: { ...result.oracles, reference: reference.map(named) } };
    expect(attackTests(asked, named(model))[0]).toMatchObject({
      auc: 0.75,
      side: "above",
      hasDirection: false,
    });
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
