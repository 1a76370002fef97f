import { valueAndGradient } from "@ltu/core";
import { conv2d, dispose, mul, sum, tensor4d, tidy, type Scalar, type Tensor4D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** float32 sums of up to some hundred products of numbers below 1. */
const tolerance = 1e-4;

type Padding = "valid" | "same" | [number, number];

interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly filter: number;
  readonly stride: number;
  readonly padding: Padding;
}

/** Numbers in (-1, 1) without a pattern that a wrong index could hide in. */
function numbers(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(1 + seed * 97.13 + i * 1.618 + i * i * 0.013));
}

/** Leading padding and output size of one axis, as TensorFlow defines them. */
function axis(
  size: number,
  { filter, stride, padding }: Case,
): { readonly before: number; readonly output: number } {
  if (padding === "valid") return { before: 0, output: Math.ceil((size - filter + 1) / stride) };
  if (padding === "same") {
    const output = Math.ceil(size / stride);
    return { before: Math.floor(Math.max(0, (output - 1) * stride + filter - size) / 2), output };
  }
  const [before, after] = padding;
  return { before, output: Math.floor((size + before + after - filter) / stride) + 1 };
}

/** sum(weights * conv(x, w)) and its gradients in float64, by the definition of a convolution. */
function reference(
  test: Case,
  x: Float32Array,
  w: Float32Array,
  weights: (index: number) => number,
): { value: number; dx: Float64Array; dw: Float64Array } {
  const { batch, height, width, inputs, outputs, filter, stride } = test;
  const rows = axis(height, test);
  const columns = axis(width, test);
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  let position = 0;
  let value = 0;
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < rows.output; p++) {
      for (let q = 0; q < columns.output; q++, position++) {
        for (let i = 0; i < filter; i++) {
          for (let j = 0; j < filter; j++) {
            const row = p * stride + i - rows.before;
            const column = q * stride + j - columns.before;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            for (let c = 0; c < inputs; c++) {
              for (let k = 0; k < outputs; k++) {
                const dy = weights(position * outputs + k);
                const atX = ((n * height + row) * width + column) * inputs + c;
                const atW = ((i * filter + j) * inputs + c) * outputs + k;
                value += dy * w[atW]! * x[atX]!;
                dx[atX]! += dy * w[atW]!;
                dw[atW]! += dy * x[atX]!;
              }
            }
          }
        }
      }
    }
  }
  return { value, dx, dw };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

async function check(test: Case): Promise<void> {
  const { batch, height, width, inputs, outputs, filter, stride, padding } = test;
  const shape: [number, number, number, number] = [
    batch,
    axis(height, test).output,
    axis(width, test).output,
    outputs,
  ];
  const xs = numbers(batch * height * width * inputs, 1);
  const ws = numbers(filter * filter * inputs * outputs, 2);
  const dys = numbers(
    shape.reduce((a, b) => a * b, 1),
    3,
  );
  const x = tensor4d(xs, [batch, height, width, inputs]);
  const w = tensor4d(ws, [filter, filter, inputs, outputs]);
  const dy = tensor4d(dys, shape);
  const pad = typeof padding === "string" ? padding : explicit(padding);

  const { value, gradient } = valueAndGradient(
    (params) =>
      tidy(
        () => sum(mul(conv2d(params["x"] as Tensor4D, params["w"] as Tensor4D, stride, pad), dy)) as Scalar,
      ),
    { x, w },
  );

  const expected = reference(test, xs, ws, (i) => dys[i]!);
  const [total] = await value.data();
  const [dx, dw] = await Promise.all([gradient["x"]!.data(), gradient["w"]!.data()]);
  dispose([x, w, dy, value, gradient["x"]!, gradient["w"]!]);
  expect(total! / shape.reduce((a, b) => a * b, 1), "value of a position").toBeCloseTo(
    expected.value / shape.reduce((a, b) => a * b, 1),
    4,
  );
  expect(largestDifference(dx, expected.dx), "input gradient").toBeLessThan(tolerance);
  expect(largestDifference(dw, expected.dw), "filter gradient").toBeLessThan(tolerance);
}

function explicit([before, after]: [number, number]): [
  [number, number],
  [number, number],
  [number, number],
  [number, number],
] {
  return [
    [0, 0],
    [before, after],
    [before, after],
    [0, 0],
  ];
}

describe("gradients of conv2d", () => {
  const plain = { batch: 3, height: 8, width: 8, inputs: 2, outputs: 5, filter: 3, stride: 1 };
  it.each<[string, Partial<Case> & { padding: Padding }]>([
    ["3x3, stride 1, same", { padding: "same" }],
    ["3x3, stride 1, valid", { padding: "valid" }],
    ["3x3, stride 2, same, even size", { stride: 2, padding: "same" }],
    ["3x3, stride 2, same, odd size", { stride: 2, padding: "same", height: 7, width: 9 }],
    ["3x3, stride 2, valid, even size (a row is never reached)", { stride: 2, padding: "valid" }],
    ["3x3, stride 2, padding 1 as in PyTorch", { stride: 2, padding: [1, 1] }],
    ["3x3, stride 2, padding 1, odd size", { stride: 2, padding: [1, 1], height: 9, width: 5 }],
    ["3x3, stride 1, more padding than the filter is wide", { padding: [4, 4] }],
    ["3x3, uneven padding", { padding: [0, 2], stride: 2 }],
    ["1x1, stride 1", { filter: 1, padding: "valid" }],
    ["1x1, stride 2 (shortcut of a residual block)", { filter: 1, stride: 2, padding: "valid" }],
    ["1x1, stride 2, same", { filter: 1, stride: 2, padding: "same" }],
    ["5x5, stride 3", { filter: 5, stride: 3, padding: "same", height: 11, width: 10 }],
    ["1x1, stride 3, a filter that meets only padding", { filter: 1, stride: 3, height: 1, padding: [2, 0] }],
    ["one image of one pixel", { batch: 1, height: 1, width: 1, padding: "same" }],
  ])("agree with the definition: %s", async (_, change) => {
    await check({ ...plain, ...change });
  });

  it("agree with the definition for any sizes, strides and paddings", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .record({
            batch: fc.integer({ min: 1, max: 4 }),
            height: fc.integer({ min: 1, max: 9 }),
            width: fc.integer({ min: 1, max: 9 }),
            inputs: fc.integer({ min: 1, max: 5 }),
            outputs: fc.integer({ min: 1, max: 5 }),
            filter: fc.constantFrom(1, 2, 3, 5),
            stride: fc.integer({ min: 1, max: 3 }),
            padding: fc.oneof(
              fc.constantFrom<Padding>("valid", "same"),
              fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
            ),
          })
          .filter((test) => axis(test.height, test).output > 0 && axis(test.width, test).output > 0),
        check,
      ),
      { numRuns: 40 },
    );
  });
});
