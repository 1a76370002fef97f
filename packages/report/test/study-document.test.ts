import { describe, expect, it } from "vitest";

import { mechanismsDocument, studyDocument } from "../src/index.ts";
import { exampleMechanisms, exampleStudy } from "./example-study.ts";

describe("studyDocument", () => {
  it("has the table, and each figure it shows as a file that stands alone", async () => {
    for (const { markdown, figures } of [
      await studyDocument(exampleStudy),
      await mechanismsDocument(exampleMechanisms),
    ]) {
      const shown = [...markdown.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file]) => file);
      expect(shown).toHaveLength(2);
      expect(Object.keys(figures)).toEqual(shown);
      for (const svg of Object.values(figures)) {
        expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img".*<\/svg>\n$/s);
        for (const [, name] of svg.matchAll(/var\((--[a-z0-9]+)\)/g)) expect(svg).toContain(`${name}: #`);
      }
    }
    expect((await studyDocument(exampleStudy)).markdown).toContain("3.00 ± 2.48");
  });
});
