import { describe, expect, it } from "vitest";

import { adamStep, initAdam } from "../../src/feedback/adam.ts";

describe("adamStep", () => {
  it("moves each weight by the learning rate against the sign of the gradient in the first step", () => {
    const weights = Float64Array.of(1, 1, 1);
    const gradient = Float64Array.of(5, -0.01, 0);
    const step = adamStep(weights, gradient, initAdam(3), { learningRate: 0.1 });
    expect(step.weights[0]).toBeCloseTo(0.9, 6);
    expect(step.weights[1]).toBeCloseTo(1.1, 6);
    expect(step.weights[2]).toBe(1);
    expect([...weights]).toEqual([1, 1, 1]);
  });

  it("follows the published recursion in the second step", () => {
    const first = adamStep(Float64Array.of(0), Float64Array.of(1), initAdam(1), { learningRate: 1 });
    const second = adamStep(first.weights, Float64Array.of(3), first.state, { learningRate: 1 });
    const mean = (0.9 * 0.1 * 1 + 0.1 * 3) / (1 - 0.9 ** 2);
    const square = (0.999 * 0.001 * 1 + 0.001 * 9) / (1 - 0.999 ** 2);
    const moved = (second.weights[0] as number) - (first.weights[0] as number);
    expect(moved).toBeCloseTo(-mean / (Math.sqrt(square) + 1e-8), 12);
    expect(second.state.steps).toBe(2);
  });
});
