import { memory, tensor1d, tensor2d } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";

import { createRng, disposeParams, isLtuError, type Params } from "@ltu/core";

import { combine, rules, type CombineOptions, type RuleName } from "../src/index.ts";

const made: Params[] = [];
const owned = (params: Params): Params => {
  made.push(params);
  return params;
};
const tree = (values: readonly number[], name = "w"): Params => owned({ [name]: tensor1d([...values]) });
afterEach(() => made.splice(0).forEach(disposeParams));

const names = Object.keys(rules) as RuleName[];
const optionsFor = (rule: RuleName, scope: "global" | "layer" = "global"): CombineOptions =>
  rule === "pcgrad" ? { rule, order: "ascending", scope } : { rule, scope };

async function numbers(params: Params, order: readonly string[] = Object.keys(params)): Promise<number[]> {
  const parts = await Promise.all(order.map((name) => params[name]!.data()));
  return parts.flatMap((part) => Array.from(part));
}

/** The gradient of a combination as numbers; released. */
async function joined(gradients: readonly Params[], options: CombineOptions): Promise<number[]> {
  const { gradient } = await combine(gradients, options);
  const found = await numbers(gradient, Object.keys(gradient).toSorted());
  disposeParams(gradient);
  return found;
}

const vectors = [
  [1, 0.5, -2, 0.25],
  [-1, 2, 0.75, 0.5],
  [0.5, -1.5, 1, -1],
];

describe("combine", () => {
  it.each([
    ["pcgrad", [0.5, 1.5]],
    ["mgda", [0.2, 0.4]],
    ["upgrad", [0.25, 0.75]],
    ["cagrad", [0.25, 0.5]],
    ["imtlG", [3 - 2 * Math.SQRT2, Math.SQRT2 - 1]],
    ["alignedMtl", [0.1381966, 0.4145898]],
  ] as const)("gives the vector of the specification by %s", async (rule, expected) => {
    const found = await joined([tree([1, 0]), tree([-1, 1])], optionsFor(rule));
    expected.forEach((want, i) => expect(found[i]).toBeCloseTo(want, 6));
  });

  it("says how the gradients lie to each other", async () => {
    const result = await combine([tree([3, 4]), tree([-4, 3]), tree([-3, -4])], { rule: "upgrad" });
    disposeParams(result.gradient);
    expect(result.norms).toEqual([5, 5, 5]);
    expect(result.cosines).toEqual([
      [1, 0, -1],
      [0, 1, 0],
      [-1, 0, 1],
    ]);
    expect(result.conflicted).toBe(true);
    expect(result.weights).toHaveLength(3);
    expect(result.layers).toMatchObject([{ name: "all", parameters: ["w"], weights: result.weights }]);
  });

  it.each([1e-20, 1e20])("is scale-free at %s", async (scale) => {
    for (const rule of names) {
      const plain = await joined(
        vectors.map((values) => tree(values)),
        optionsFor(rule),
      );
      const scaled = await joined(
        vectors.map((values) => tree(values.map((value) => value * scale))),
        optionsFor(rule),
      );
      plain.forEach((want, i) => expect(scaled[i]! / scale).toBeCloseTo(want, 4));
    }
  });

  it("leaves the other gradient untouched beside a zero one", async () => {
    // The direction stays; whether a rule sums or takes the mean is its own matter.
    for (const [rule, share] of [
      ["pcgrad", 1],
      ["upgrad", 0.5],
      ["cagrad", 0.5],
      ["imtlG", 1],
      ["alignedMtl", 0.5],
    ] as const) {
      const found = await joined([tree([0, 0]), tree([1, -2])], optionsFor(rule));
      [share, -2 * share].forEach((want, i) => expect(found[i]).toBeCloseTo(want, 6));
    }
  });

  it("sees float32 multiples of a gradient as dependent", async () => {
    // 1.7 g is a multiple of g only up to rounding; a Gramian of float32 sums would hide it.
    const values = Array.from({ length: 500 }, (_, i) => Math.sin(i * 1.37));
    const exact = await joined([tree([1, 0]), tree([1.7, 0])], { rule: "imtlG" });
    const found = await joined([tree(values), tree(values.map((value) => value * 1.7))], { rule: "imtlG" });
    values.forEach((value, i) => expect(found[i]).toBeCloseTo(value * exact[0]!, 4));
  });

  it("is equivariant to the order of parameters and, over all of them, to the split of a tensor in two", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -200, max: 200 }))), {
          minLength: 2,
          maxLength: 6,
        }),
        fc.nat(),
        async (rule, columns, cutAt) => {
          const rows = [0, 1, 2].map((i) => columns.map((column) => column[i]! / 100));
          const cut = 1 + (cutAt % (columns.length - 1));
          const whole = await joined(
            rows.map((row) => tree(row, "a")),
            optionsFor(rule),
          );
          const inTwo = (row: readonly number[], swapped: boolean): Params => {
            const [a, b] = [tensor1d(row.slice(0, cut)), tensor1d(row.slice(cut))];
            return owned(swapped ? { "b.w": b, "a.w": a } : { "a.w": a, "b.w": b });
          };
          const split = await joined(
            rows.map((row) => inTwo(row, false)),
            optionsFor(rule),
          );
          const swapped = await joined(
            rows.map((row, i) => inTwo(row, i !== 1)),
            optionsFor(rule),
          );
          whole.forEach((want, i) => {
            expect(split[i]).toBeCloseTo(want, 4);
            expect(swapped[i]).toBeCloseTo(want, 4);
          });
          made.splice(0).forEach(disposeParams);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each(names)("gives each layer its own weights with scope layer, by %s", async (rule) => {
    const layered = vectors.map((values) =>
      owned({
        "one.weight": tensor1d(values.slice(0, 2)),
        "two.weight": tensor1d(values.slice(2, 3)),
        "two.bias": tensor1d(values.slice(3)),
      }),
    );
    const result = await combine(layered, optionsFor(rule, "layer"));
    const found = await numbers(result.gradient);
    disposeParams(result.gradient);
    expect(Object.keys(result.gradient)).toEqual(["one.weight", "two.weight", "two.bias"]);
    expect(result.layers.map(({ name }) => name)).toEqual(["one", "two"]);
    const alone = [
      ...(await joined(
        vectors.map((values) => tree(values.slice(0, 2))),
        optionsFor(rule),
      )),
      ...(await joined(
        vectors.map((values) => tree(values.slice(2))),
        optionsFor(rule),
      )),
    ];
    alone.forEach((want, i) => expect(found[i]).toBeCloseTo(want, 5));
    result.weights.forEach((weight, i) =>
      expect(weight).toBeCloseTo((result.layers[0]!.weights[i]! + result.layers[1]!.weights[i]!) / 2, 12),
    );
  });

  it("draws the random orders of PCGrad from the stream, one stream a layer", async () => {
    const gradients = vectors.map((values) => tree(values, "fc.weight"));
    const rng = createRng(5);
    const whole = await combine(gradients, { rule: "pcgrad", rng });
    const layer = await combine(gradients, { rule: "pcgrad", rng: createRng(5), scope: "layer" });
    const gram = vectors.flatMap((a) =>
      vectors.map((b) => a.reduce((total, value, i) => total + value * b[i]!, 0)),
    );
    expect(whole.weights).toEqual(rules.pcgrad(gram, { rng }));
    expect(layer.weights).toEqual(rules.pcgrad(gram, { rng: rng.split("fc") }));
    [whole, layer].forEach(({ gradient }) => disposeParams(gradient));
  });

  it("takes a rule of your own", async () => {
    const found = await joined([tree([1, 0]), tree([-1, 1])], { rule: (gram) => [gram[0]!, gram[3]!] });
    expect(found).toEqual([-1, 2]);
  });

  it("says what is wrong in one sentence and leaves nothing behind", async () => {
    const a = owned({ w: tensor1d([1, 2]), b: tensor1d([1]) });
    const b = owned({ w: tensor1d([1, 2]) });
    const c = owned({ w: tensor2d([[1, 2]]), b: tensor1d([1]) });
    const bad = owned({ w: tensor1d([1, Number.NaN]), b: tensor1d([1]) });
    const before = memory().numTensors;
    const rule = "mgda";
    const cases: [readonly Params[], object, string, string][] = [
      [[], { rule }, "SHAPE", "combine: gradients must be a list of at least two parameter trees, found 0;"],
      [[a], { rule }, "SHAPE", "at least two parameter trees, found 1;"],
      [a as never, { rule }, "SHAPE", "at least two parameter trees, found object;"],
      [
        [a, a, b],
        { rule },
        "SHAPE",
        'all gradients need the same parameter names; "b" is missing in gradients[2].',
      ],
      [
        [b, a],
        { rule },
        "SHAPE",
        'the two gradients need the same parameter names; "b" is missing in gradients[0].',
      ],
      [[a, c], { rule }, "SHAPE", "[2] in gradients[0] and [1, 2] in gradients[1]"],
      [[{}, {}], { rule }, "SHAPE", "need at least one parameter; gradients[0] has none"],
      [[a, a, bad], { rule }, "DIVERGED", "combine: all gradients must be finite; gradients[2] holds NaN"],
      [[a, a], { rule: "sgd" }, "OPTION", "alignedMtl, cagrad, imtlG, mgda, pcgrad, upgrad or a function"],
      [[a, a], { rule: "toString" }, "OPTION", 'found "toString"'],
      [[a, a], {}, "OPTION", 'found "undefined"'],
      [[a, a], { rule, scope: "tensor" }, "OPTION", "scope must be one of global, layer, found"],
      [[a, a], { rule, c: 0.5 }, "OPTION", 'mgda: expected no options, found "c"'],
      [
        [a, a],
        { rule: "cagrad", alpha: 1 },
        "OPTION",
        'cagrad: expected options out of c, rescale, found "alpha"',
      ],
      [[a, a], { rule: "pcgrad" }, "OPTION", "random orders need rng"],
      [[a, a], { rule: () => [1, 1], c: 1 }, "OPTION", 'options out of rule, scope, found "c"'],
      [[a, a], { rule: () => [1] }, "OPTION", "the rule must return 2 finite weights, found [1]"],
      [[a, a], { rule: () => [1, Number.NaN] }, "OPTION", "found [1, NaN]"],
    ];
    for (const [gradients, options, code, sentence] of cases) {
      const error: unknown = await combine(gradients, options as CombineOptions).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(isLtuError(error), sentence).toBe(true);
      expect(error).toMatchObject({ code, message: expect.stringContaining(sentence) as string });
      expect(memory().numTensors).toBe(before);
    }
  });
});
