import { describe, expect, it } from "vitest";

import { studyReport } from "../src/index.ts";
import { exampleStudy, exampleSweep } from "./example-study.ts";

describe("studyReport", () => {
  it("is one file that asks for nothing else, with figures, tables and what was not tested", async () => {
    for (const study of [exampleStudy, exampleSweep]) {
      const html = await studyReport(study);
      expect(html).not.toMatch(/https?:|<script|<link|<img|url\(|\bsrc=/i);
      expect(html.match(/<svg role="img"/g)).toHaveLength(2 + (study.axis === undefined ? 0 : 6));
      expect(html).toContain("<h2>What was not tested</h2>");
      expect(html).toContain("3.00 ± 2.48");
      expect(html).not.toMatch(/is better|\bbest\b|outperform/i);
      expect(await studyReport(structuredClone(study))).toBe(html);
    }
  });
});
