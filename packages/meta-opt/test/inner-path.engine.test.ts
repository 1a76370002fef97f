import {
  add,
  div,
  matMul,
  mean,
  memory,
  mul,
  scalar,
  square,
  sub,
  sum,
  tanh,
  tensor1d,
  tensor2d,
} from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it } from "vitest";

import {
  addScaledParams,
  createRng,
  disposeParams,
  dotParams,
  softmaxCrossEntropy,
  type Params,
} from "@ltu/core";

import {
  disposeMetaGradient,
  metaGradient,
  type InnerParams,
  type Loss,
  type MetaGradient,
} from "../src/index.ts";

const made: Tensor[] = [];
const own = <T extends Tensor>(tensor: T): T => {
  made.push(tensor);
  return tensor;
};
afterEach(() => made.splice(0).forEach((tensor) => tensor.dispose()));

const first = async (params: Params | undefined, name: string): Promise<number> =>
  (await params![name]!.data())[0] as number;

/** p/2 (a - ca)^2 + q (a - ca)(b - cb) + r/2 (b - cb)^2: the Hessian is [[p, q], [q, r]]. */
const coupled =
  ([p, q, r]: readonly [number, number, number], [ca, cb]: readonly [number, number]): Loss =>
  ({ a, b }) => {
    const [x, y] = [sub(a as Tensor, ca), sub(b as Tensor, cb)];
    return add(add(mul(p / 2, square(x)), mul(q, mul(x, y))), mul(r / 2, square(y))) as Scalar;
  };

describe("metaGradient with several inner steps", () => {
  const tune = coupled([2, 1, 3], [0, 0]);
  const test = coupled([1, 0, 1], [1, -1]);
  const [alpha, weight] = [0.1, 2];

  /** The closed form in float64: theta_n = (I - alpha P H)^n theta, g = H theta + (I - alpha H P)^n v. */
  function closedForm(steps: number, moved: readonly [0 | 1, 0 | 1], order: "first" | "second"): number[] {
    const times = ([x, y]: readonly number[]): [number, number] => [2 * x! + y!, x! + 3 * y!];
    const theta = [1, 2];
    let tau = theta;
    for (let step = 0; step < steps; step++) {
      const gradient = times(tau);
      tau = tau.map((value, i) => value - alpha * moved[i]! * gradient[i]!);
    }
    let v = [weight * (tau[0]! - 1), weight * (tau[1]! + 1)];
    for (let step = 0; step < (order === "second" ? steps : 0); step++) {
      const curved = times(v.map((value, i) => value * moved[i]!));
      v = v.map((value, i) => value - alpha * curved[i]!);
    }
    return times(theta).map((value, i) => value + v[i]!);
  }

  it.each([
    [1, "second", [1, 1], undefined],
    [3, "second", [1, 1], undefined],
    [3, "first", [1, 1], undefined],
    [1, "second", [0, 1], ["b"]],
    [4, "second", [0, 1], (name: string) => name === "b"],
    [4, "first", [1, 0], ["a"]],
  ] as const)("is the closed form of quadratics: %i steps, %s order, moving %j", async (...row) => {
    const [innerSteps, order, moved, innerParams] = row;
    const params = { a: own(scalar(1)), b: own(scalar(2)) };
    const result = await metaGradient(params, tune, [test], {
      innerLr: alpha,
      innerSteps,
      innerParams,
      testWeight: weight,
      order,
    });
    const expected = closedForm(innerSteps, moved, order);
    expect(Math.abs((await first(result.gradient, "a")) - expected[0]!)).toBeLessThan(1e-3);
    expect(Math.abs((await first(result.gradient, "b")) - expected[1]!)).toBeLessThan(1e-3);
    // One gradient for each inner step, and two more for each in second order.
    const spent = order === "second" ? 3 * innerSteps : innerSteps;
    expect(result.evaluations).toEqual({ tune: spent, test: 1 });
    expect(result.innerLosses).toHaveLength(innerSteps);
    expect(result.innerLosses[0]).toBe(result.tuneLoss);
    disposeMetaGradient(result);
  });

  it("counts what the losses themselves see", async () => {
    const seen = { tune: 0, test: 0 };
    const counted =
      (branch: "tune" | "test", loss: Loss): Loss =>
      (params) => {
        seen[branch] += 1;
        return loss(params);
      };
    for (const options of [
      { innerLr: alpha, innerSteps: 3 },
      { innerLr: alpha, innerSteps: 3, order: "first" },
      { innerLr: alpha, innerSteps: 2, curvatureSteps: [0.1, 0.01] },
      { innerLr: alpha, innerSteps: 2, reptile: true },
    ] as const) {
      Object.assign(seen, { tune: 0, test: 0 });
      const params = { a: own(scalar(1)), b: own(scalar(2)) };
      const result = await metaGradient(
        params,
        counted("tune", tune),
        [counted("test", test), counted("test", test)],
        options,
      );
      expect(result.evaluations).toEqual(seen);
      disposeMetaGradient(result);
    }
  });

  it("agrees with soft-max regression in float64, three steps of the weights behind a fixed bias", async () => {
    const [samples, features, classes] = [7, 3, 3];
    const rng = createRng(21);
    const draws = (name: string, size: number): Float32Array => rng.split(name).normals(size);
    const [x, z] = [draws("x", samples * features), draws("z", samples * features)];
    const [w, bias] = [draws("w", features * classes), draws("bias", classes)];
    const y = Int32Array.from({ length: samples }, (_, i) => i % classes);
    const options = { innerLr: 0.4, innerSteps: 3, testWeight: 1.5, order: "second" } as const;

    // The same in float64: theta = (W, bias), of which the inner steps move W only.
    const size = features * classes + classes;
    const isMoved = (at: number): boolean => at < features * classes;
    const inputOf = (data: Float32Array, n: number): number[] => [
      ...data.subarray(n * features, (n + 1) * features),
      1,
    ];
    const logitsOf = (theta: readonly number[], input: readonly number[]): number[] =>
      Array.from({ length: classes }, (_, c) =>
        input.reduce((t, v, f) => t + v * theta[f * classes + c]!, 0),
      );
    const probabilities = (logits: readonly number[]): number[] => {
      const total = logits.reduce((t, v) => t + Math.exp(v), 0);
      return logits.map((v) => Math.exp(v) / total);
    };
    const summed = (data: Float32Array, of: (n: number, input: number[]) => number[]): number[] => {
      const total = Array.from({ length: size }, () => 0);
      for (let n = 0; n < samples; n++) {
        const input = inputOf(data, n);
        const delta = of(n, input);
        input.forEach((v, f) => delta.forEach((d, c) => (total[f * classes + c]! += (v * d) / samples)));
      }
      return total;
    };
    const gradientOf = (theta: readonly number[], data: Float32Array): number[] =>
      summed(data, (n, input) =>
        probabilities(logitsOf(theta, input)).map((p, c) => p - (c === y[n] ? 1 : 0)),
      );
    const curvatureOf = (theta: readonly number[], v: readonly number[]): number[] =>
      summed(x, (_, input) => {
        const p = probabilities(logitsOf(theta, input));
        const moved = logitsOf(v, input);
        const average = p.reduce((t, share, c) => t + share * moved[c]!, 0);
        return p.map((share, c) => share * (moved[c]! - average));
      });
    const theta = [...w, ...bias];
    const points = [theta];
    for (let step = 0; step < options.innerSteps; step++) {
      const at = points[step]!;
      const gradient = gradientOf(at, x);
      points.push(at.map((value, i) => value - (isMoved(i) ? options.innerLr * gradient[i]! : 0)));
    }
    let v = gradientOf(points[options.innerSteps]!, z).map((value) => options.testWeight * value);
    for (const at of points.slice(0, -1).toReversed()) {
      const curved = curvatureOf(
        at,
        v.map((value, i) => (isMoved(i) ? value : 0)),
      );
      v = v.map((value, i) => value - options.innerLr * curved[i]!);
    }
    const expected = gradientOf(theta, x).map((value, i) => value + v[i]!);

    const labels = own(tensor1d(y, "int32"));
    const lossOn = (data: Float32Array): Loss => {
      const inputs = own(tensor2d(data, [samples, features]));
      return ({ weight: at, bias: b }) =>
        mean(
          softmaxCrossEntropy(add(matMul(inputs, at as Tensor2D), b as Tensor1D) as Tensor2D, labels),
        ) as Scalar;
    };
    const params = { weight: own(tensor2d(w, [features, classes])), bias: own(tensor1d(bias)) };
    const result = await metaGradient(params, lossOn(x), [lossOn(z)], {
      ...options,
      innerParams: ["weight"],
    });
    const got = [...(await result.gradient["weight"]!.data()), ...(await result.gradient["bias"]!.data())];
    // The curvature's share must be far above the tolerance, or the test would not see its sign.
    expect(Math.max(...(await result.curvature!["weight"]!.data())) * options.innerLr).toBeGreaterThan(0.01);
    expected.forEach((want, i) => expect(Math.abs(got[i]! - want)).toBeLessThan(5e-4));
    disposeMetaGradient(result);
  });

  it("is a finite difference of its objective on a network, also where only the head moves", async () => {
    const rng = createRng(4);
    const draws = (name: string, rows: number, columns: number): Tensor2D =>
      own(tensor2d(rng.split(name).normals(rows * columns), [rows, columns]));
    const labels = own(tensor1d([0, 1, 2, 0, 1], "int32"));
    const lossOn = (inputs: Tensor2D): Loss => {
      return ({ body, head }) =>
        mean(
          softmaxCrossEntropy(
            matMul(tanh(matMul(inputs, body as Tensor2D)), head as Tensor2D) as Tensor2D,
            labels,
          ),
        ) as Scalar;
    };
    const [tuneLoss, testLoss] = [lossOn(draws("support", 5, 3)), lossOn(draws("query", 5, 3))];
    const params = { body: draws("body", 3, 4), head: draws("head", 4, 3) };
    const direction = { body: draws("d1", 3, 4), head: draws("d2", 4, 3) };
    for (const innerParams of [undefined, ["head"]] as (InnerParams | undefined)[]) {
      const at = async (shift: number): Promise<MetaGradient> => {
        const moved = addScaledParams(params, direction, shift);
        const result = await metaGradient(moved, tuneLoss, [testLoss], {
          innerLr: 0.3,
          innerSteps: 2,
          innerParams,
        });
        disposeParams(moved);
        return result;
      };
      const results = [await at(0), await at(0.01), await at(-0.01)];
      const [middle, above, below] = results.map(({ tuneLoss: a, testLosses: [b] }) => a + b!);
      expect(middle).toBeGreaterThan(0);
      const slope = await dotParams(results[0]!.gradient, direction);
      expect(Math.abs(slope - (above! - below!) / 0.02)).toBeLessThan(3e-3);
      results.forEach(disposeMetaGradient);
    }
  });

  it("holds nothing but its result, and nothing after an error on the way", async () => {
    const params = { a: own(scalar(1)), b: own(scalar(2)) };
    const before = memory().numTensors;
    const result = await metaGradient(params, tune, [test], { innerLr: 0.1, innerSteps: 4 });
    expect(memory().numTensors).toBe(before + 8);
    disposeMetaGradient(result);
    let calls = 0;
    const failing: Loss = (at) => {
      calls += 1;
      if (calls === 3) throw new Error("third call");
      return tune(at);
    };
    await expect(metaGradient(params, failing, [test], { innerLr: 0.1, innerSteps: 4 })).rejects.toThrow(
      "third call",
    );
    calls = -2;
    await expect(metaGradient(params, failing, [test], { innerLr: 0.1, innerSteps: 4 })).rejects.toThrow(
      "third call",
    );
    expect(memory().numTensors).toBe(before);
  });

  it("names the inner step behind which the tune loss is not finite", async () => {
    const params = { a: own(scalar(1)), b: own(scalar(2)) };
    const broken: Loss = ({ a }) => div(square(a as Tensor), sub(a as Tensor, 1)) as Scalar;
    const fine: Loss = ({ a }) => sum(square(sub(a as Tensor, 3))) as Scalar;
    const run = (tuned: Loss, innerLr: number): Promise<unknown> =>
      metaGradient(params, tuned, [test], { innerLr, innerSteps: 3, order: "first" });
    await expect(run(broken, 0.1)).rejects.toThrow("the tune loss is");
    await expect(run(fine, 1e25)).rejects.toMatchObject({
      code: "DIVERGED",
      message: expect.stringMatching(
        /the tune loss after inner step 1 of 3 is Infinity. Lower innerLr/,
      ) as string,
    });
  });

  it("walks nowhere without tests", async () => {
    const params = { a: own(scalar(1)), b: own(scalar(2)) };
    const result = await metaGradient(params, tune, [], { innerLr: 0.1, innerSteps: 5 });
    expect(result.evaluations).toEqual({ tune: 1, test: 0 });
    expect(await first(result.gradient, "a")).toBe(4);
    expect(await first(result.curvature, "b")).toBe(0);
    disposeMetaGradient(result);
  });

  it("refuses steps and names that cannot be", async () => {
    const params = { a: own(scalar(1)), b: own(scalar(2)) };
    const run = (options: object): Promise<unknown> =>
      metaGradient(params, tune, [test], { innerLr: 0.1, ...options });
    await expect(run({ innerSteps: 0 })).rejects.toThrow("innerSteps must be a whole number of at least 1");
    await expect(run({ innerParams: ["c"] })).rejects.toThrow('names out of a, b, found "c"');
    await expect(run({ innerParams: () => false })).rejects.toThrow("at least one of a, b, found none");
    await expect(run({ innerRate: 1 })).rejects.toThrow('found "innerRate"; correct its name');
  });
});
