import { describe, expect, it } from "vitest";

import { fixedHistogram, klom } from "../../src/index.ts";
import { goldenCases } from "../golden-cases.ts";

/** A KLOM of one sample, and how many margins of each side its histograms hold. */
type KlomOfSample = (
  oracle: readonly number[],
  unlearned: readonly number[],
  options: { readonly bins: number; readonly clip: readonly [number, number] },
) => { readonly value: number; readonly counted: readonly [number, number] };

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/**
 * KLOM with bins over the range of the pair and an open last bin. As in data-unlearning-bench eb261f9,
 * `unlearning_bench/eval.py` (`compute_binned_KL_div`).
 */
const dataRange: KlomOfSample = (oracle, unlearned, { bins, clip: [low, high] }) => {
  const clipped = (values: readonly number[]): number[] =>
    values.map((x) => Math.min(Math.max(x, low), high));
  const [p, q] = [clipped(oracle), clipped(unlearned)];
  const start = Math.min(...p, ...q);
  const largest = Math.max(...p, ...q);
  const end = start >= largest ? start + 1 : largest;
  const edges = Array.from({ length: bins + 1 }, (_, k) =>
    k === bins ? end : start + (k * (end - start)) / bins,
  );
  const histogram = (values: readonly number[]): number[] =>
    Array.from({ length: bins }, (_, k) => values.filter((x) => x >= edges[k]! && x < edges[k + 1]!).length);
  const [counts, others] = [histogram(p), histogram(q)];
  const share = counts.map((count) => count / sum(counts));
  const raised = others.map((count, k) =>
    share[k]! > 0 ? Math.max(count / sum(others), 1e-5) : count / sum(others),
  );
  const value = share.reduce(
    (kl, x, k) => (x > 0 ? kl + x * Math.log(x / (raised[k]! / sum(raised))) : kl),
    0,
  );
  return { value, counted: [sum(counts), sum(others)] };
};

const ours: KlomOfSample = (oracle, unlearned, options) => ({
  value: klom(
    { values: oracle, models: oracle.length, samples: 1 },
    { values: unlearned, models: unlearned.length, samples: 1 },
    options,
  ).mean,
  counted: [sum(fixedHistogram(oracle, options)), sum(fixedHistogram(unlearned, options))],
});

const columns = (
  { inputs }: { readonly inputs: Readonly<Record<string, unknown>> },
  name: string,
): number[][] => {
  const { shape, data } = inputs[name] as { shape: [number, number]; data: number[][] };
  return Array.from({ length: shape[1] }, (_, sample) => data.map((row) => row[sample]!));
};

/** That every margin counts, that edges do not move with the data, and that the direction is KL(oracle || unlearned). */
function expectFixedEdges(klomOf: KlomOfSample): void {
  const options = { bins: 2, clip: [-10, 10] } as const;
  const oracle = [-5, -5, -5, 5];
  const unlearned = [-5, -5, 5, 5];
  const found = klomOf(oracle, unlearned, options);
  expect(found.counted, "every margin is in a bin").toEqual([4, 4]);
  expect(found.value, "KL(oracle || unlearned)").toBeCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), 12);
  // Both sides moved within their bins: nothing that the bins can see has changed.
  expect(klomOf([-9, -2, -3, 1], [-1, -5, 3, 10], options).value).toBeCloseTo(found.value, 12);
}

describe("fault 7: KLOM with bins over the range of the data and an open last bin", () => {
  it("is refused, and ours has fixed edges that hold every margin", () => {
    expect(() => expectFixedEdges(dataRange)).toThrow(/every margin is in a bin/);
    expectFixedEdges(ours);
  });

  it("is ported faithfully: it gives the numbers of the reference, which differ from the definition", () => {
    for (const golden of goldenCases("klom").filter(({ params }) => params["kind"] === "klom")) {
      const { bins, clip } = golden.params as { bins: number; clip: [number, number] };
      const expected = golden.expected as Record<string, Record<string, number[]>>;
      const unlearned = columns(golden, "unlearnedMargins");
      columns(golden, "oracleMargins").forEach((oracle, i) => {
        const { value } = dataRange(oracle, unlearned[i]!, { bins, clip });
        expect(value, golden.name).toBeCloseTo(expected["referenceDataRange"]!["klOracleUnlearned"]![i]!, 6);
        const right = ours(oracle, unlearned[i]!, { bins, clip }).value;
        expect(right, golden.name).toBeCloseTo(expected["correctedFixedEdges"]!["perExample"]![i]!, 6);
      });
    }
  });
});
