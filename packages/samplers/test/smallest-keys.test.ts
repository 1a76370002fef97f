import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { smallestKeys } from "../src/smallest-keys.ts";

describe("smallestKeys", () => {
  it("keeps what sorting everything would, whatever the order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 })),
        fc.integer({ min: 0, max: 12 }),
        (keys, count) => {
          const kept = smallestKeys(count);
          keys.forEach((key, i) => {
            const sorted = keys.slice(0, i).sort((a, b) => a - b);
            const bound = sorted.length < count ? Infinity : count === 0 ? 0 : sorted[count - 1];
            expect(kept.bound()).toBe(bound);
            kept.offer(key, i);
          });
          const expected = keys.toSorted((a, b) => a - b).slice(0, count);
          expect(Array.from(kept.values(), (i) => keys[i])).toEqual(expected);
        },
      ),
    );
  });
});
