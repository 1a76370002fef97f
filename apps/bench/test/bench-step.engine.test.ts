import { tidy, square, sum, tensor1d } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { benchStep } from "../src/bench-step/bench-step.ts";
import { countKernels } from "../src/bench-step/count-kernels.ts";
import { createStepSession } from "../src/bench-step/step-session.ts";

const engine = process.env["LTU_TEST_ENGINE"] ?? "cpu";

/** cpu runs the smallest model, the others the one that is measured. */
const model = engine === "cpu" ? "mlp" : "resnet20";
const batch = { native: 32, cpu: 4 }[engine] ?? 8;
const steps = engine === "native" ? 20 : 4;

describe("createStepSession", () => {
  it(`gives bit-identical weights after ${steps} steps, twice`, async () => {
    const results: Float32Array[] = [];
    for (let run = 0; run < 2; run++) {
      const session = createStepSession({ model, batch });
      for (let i = 0; i < steps; i++) await session.step();
      results.push(await session.weights());
      session.dispose();
    }
    const [first, second] = results as [Float32Array, Float32Array];

    expect(first.length).toBeGreaterThan(1000);
    expect(first.every((value) => Number.isFinite(value))).toBe(true);
    expect(Buffer.from(second.buffer).equals(Buffer.from(first.buffer))).toBe(true);
  });

  it("lowers the loss of its batch", async () => {
    const session = createStepSession({ model, batch });
    const losses: number[] = [];
    for (let i = 0; i < 5; i++) losses.push(await session.step());
    session.dispose();

    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  });

  it.each([
    [{ model: "resnet2", batch: 8 }, /bench-step: model must be one of .* found "resnet2"/],
    [{ model: "mlp", batch: 1 }, /bench-step: batch must be a whole number from 2 to 65536, found 1/],
  ])("refuses %o", (options, message) => {
    expect(() => createStepSession(options)).toThrow(message);
  });
});

describe("countKernels", () => {
  it("counts what computes", async () => {
    const { kernels, peakBytes } = await countKernels(async () => {
      const total = tidy(() => sum(square(tensor1d([1, 2, 3]))));
      await total.data();
      total.dispose();
    });

    expect(kernels).toBeGreaterThanOrEqual(2);
    expect(kernels).toBeLessThanOrEqual(4);
    expect(peakBytes).toBeGreaterThan(0);
  });
});

describe("benchStep", () => {
  it("measures a model and says on what", async () => {
    const result = await benchStep({ engine, model: "mlp", batch: 8, rounds: 3, roundMs: 1 });

    expect(result).toMatchObject({ engine, model: "mlp", batch: 8, rounds: 3, stepsPerRound: 1 });
    const [slowest, fastest] = result.imagesPerSecondSpread;
    expect(slowest).toBeLessThanOrEqual(result.imagesPerSecond);
    expect(result.imagesPerSecond).toBeLessThanOrEqual(fastest);
    expect(result.kernelsPerStep).toBeGreaterThan(10);
    expect(result.peakBytes).toBeGreaterThan(0);
    expect(result.peakProcessBytes).toBeGreaterThan(result.peakBytes);
    expect(result.versions).toHaveProperty("node");
  });

  it.runIf(engine === "native")("runs a ResNet-20 step in a few hundred kernels", async () => {
    const session = createStepSession({ model: "resnet20", batch: 8 });
    const { kernels } = await countKernels(() => session.step());
    session.dispose();

    expect(kernels).toBeLessThan(300);
  });
});
