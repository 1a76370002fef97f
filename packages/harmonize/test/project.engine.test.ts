import { tensor1d } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { disposeParams, type Params } from "@ltu/core";

import { project } from "../src/index.ts";
import { dot, norm } from "./vectors.ts";

/** The projected gradient as numbers. */
async function projected(gradient: readonly number[], other: readonly number[]): Promise<number[]> {
  const trees: Params[] = [gradient, other].map((values) => ({ w: tensor1d([...values]) }));
  const result = await project(trees[0]!, trees[1]!);
  const values = Array.from(await result["w"]!.data());
  [...trees, result].forEach(disposeParams);
  return values;
}

const pairs = fc.array(fc.tuple(fc.integer({ min: -300, max: 300 }), fc.integer({ min: -300, max: 300 })), {
  minLength: 1,
  maxLength: 8,
});

describe("project", () => {
  it("gives numbers that can be checked by hand", async () => {
    expect(await projected([-1, 1], [1, 0])).toEqual([0, 1]);
    expect(await projected([1, 1], [1, 0])).toEqual([1, 1]);
    expect(await projected([0, 1], [1, 0])).toEqual([0, 1]);
    expect(await projected([1, -2], [0, 0])).toEqual([1, -2]);
  });

  it("is orthogonal to the other gradient after a conflict, and the identity without one, at every scale", async () => {
    await fc.assert(
      fc.asyncProperty(
        pairs,
        fc.constantFrom(1e-20, 1, 1e20),
        fc.constantFrom(1e-20, 1, 1e20),
        async (rows, scale, otherScale) => {
          const gradient = rows.map(([first]) => Math.fround(first * scale));
          const other = rows.map(([, second]) => Math.fround(second * otherScale));
          const found = await projected(gradient, other);
          const size = norm(gradient) * norm(other);
          const before = dot(gradient, other);
          if (before >= 0) expect(found).toEqual(gradient);
          else expect(Math.abs(dot(found, other))).toBeLessThan(2e-6 * size);
        },
      ),
      { numRuns: 80 },
    );
  });
});
