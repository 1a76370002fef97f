import { describe, expect, it } from "vitest";

import { oracleUnitCells } from "../src/oracle-units.ts";
import { exampleResult, withEnsemble } from "./example-result.ts";

describe("oracleUnitCells", () => {
  it("gives values in standard deviations of the oracles and marks those outside their band", () => {
    const { columns, rows } = oracleUnitCells(withEnsemble()) ?? { columns: [], rows: [] };
    expect(columns).toEqual(["Method", "UA", "RA", "TA", "MIA", "AUC"]);
    // Held out: 1.5 points at sd 1. The band of one more of three oracles is 4.303 * sqrt(4/3) = 4.97 sd.
    // RA and TA of the original are as those of the oracles: no signal.
    expect(rows[0]).toEqual(["held-out oracle 1", "+1.5", "0°", "-1.5°", "+1.5", "+1.5"]);
    expect(rows[1]?.slice(0, 2)).toEqual(["do-nothing", "-51.6 !"]);
    // Feedback read what MIA and the AUC read.
    expect(rows.at(-1)).toEqual(["LTU recommended", "-1.8", "n/a°", "-2.6°", "-0.4*", "-0.8*"]);
  });

  it("needs two oracles", () => {
    expect(oracleUnitCells(exampleResult)).toBeUndefined();
  });
});
