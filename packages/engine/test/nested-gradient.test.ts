import {
  grad,
  log,
  mul,
  slice,
  softmax,
  sum,
  tensor1d,
  type Tensor,
  type Tensor1D,
} from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

const start = [0.2, -0.4];
/** The direction (1, -1) along which the second derivative is taken. */
const direction = [1, -1];

/** log p_1 of a softmax. Its second derivative along (1, -1) is -4 p_1 p_2. */
function logProbability(x: Tensor): Tensor {
  return sum(slice(log(softmax(x as Tensor1D)), 0, 1));
}

/** The first derivative along the direction. */
const slope = (x: Tensor): Tensor => sum(mul(grad(logProbability)(x), tensor1d(direction)));

async function sumAlong(gradient: Tensor): Promise<number> {
  const [a, b] = await gradient.data();
  gradient.dispose();
  return (a as number) - (b as number);
}

/**
 * A tripwire: TensorFlow.js 4.22 gives a wrong second derivative, or throws, through every operation whose gradient
 * keeps its output. LTU therefore takes curvature by central difference. When this test fails, upstream has
 * changed: look again at `@ltu/meta-opt` and docs/architecture.md.
 */
describe("a gradient inside a gradient", () => {
  it("is still wrong in TensorFlow.js through the log of a softmax", async () => {
    const x = tensor1d(start);
    const p = 1 / (1 + Math.exp(-0.6));
    const truth = -4 * p * (1 - p);

    const nested = await Promise.resolve()
      .then(() => sumAlong(grad(slope)(x)))
      .catch(() => Number.NaN);

    x.dispose();
    // Not a number also when it throws.
    expect(Math.abs(nested - truth) < 0.1, `nested ${nested}, true ${truth}`).toBe(false);
  });

  it("is not needed for a central difference of gradients, which is right", async () => {
    const h = 1e-2;
    const slopeAt = async (shift: number): Promise<number> => {
      const x = tensor1d(start.map((value, i) => value + shift * (direction[i] as number)));
      const gradient = grad(logProbability)(x);
      x.dispose();
      return sumAlong(gradient);
    };
    const p = 1 / (1 + Math.exp(-0.6));

    const curvature = ((await slopeAt(h)) - (await slopeAt(-h))) / (2 * h);

    expect(curvature).toBeCloseTo(-4 * p * (1 - p), 3);
  });
});
