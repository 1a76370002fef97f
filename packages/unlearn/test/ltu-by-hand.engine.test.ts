import { describe, expect, it } from "vitest";

import type { Batch, UnlearnRequest } from "@ltu/core";

import { ltu, midQuantiles, type LtuOptions } from "../src/index.ts";
import { passesOver } from "../src/passes.ts";
import { drawQuerySets, querySetSize, readLabels } from "../src/query-sets.ts";
import { randomLabels } from "../src/random-labels.ts";
import { attacks, makeRequest, numbersOf, release } from "./setting.ts";

// One whole iteration of LTU a second time, in float64 JavaScript without tensors, on a perceptron
// x W1 + b1, tanh, W2 + b2. Only the draws of the sets are shared with the code under test.

type Vector = number[];
type Logits = number[][];

const [inputs, hidden, classes] = [6, 5, 4];
const sizes = [inputs * hidden, hidden, hidden * classes, classes];

interface Sample {
  readonly x: Vector;
  readonly label: number;
}

function split(theta: Vector): [Vector, Vector, Vector, Vector] {
  let at = 0;
  return sizes.map((size) => theta.slice(at, (at += size))) as [Vector, Vector, Vector, Vector];
}

function forward(theta: Vector, x: Vector): { active: Vector; z: Vector } {
  const [w1, b1, w2, b2] = split(theta);
  const active = b1.map((b, h) => Math.tanh(x.reduce((t, v, i) => t + v * w1[i * hidden + h]!, b)));
  return { active, z: b2.map((b, c) => active.reduce((t, v, h) => t + v * w2[h * classes + c]!, b)) };
}

/** The gradient of a loss whose derivative by the logits of the whole batch is given. */
function gradient(theta: Vector, samples: readonly Sample[], byLogits: (logits: Logits) => Logits): Vector {
  const passes = samples.map(({ x }) => forward(theta, x));
  const deltas = byLogits(passes.map(({ z }) => z));
  const [, , w2] = split(theta);
  const [g1, gb1, g2, gb2] = sizes.map((size) => Array.from({ length: size }, () => 0)) as [
    Vector,
    Vector,
    Vector,
    Vector,
  ];
  samples.forEach(({ x }, n) => {
    const { active } = passes[n]!;
    const delta = deltas[n]!;
    delta.forEach((d, c) => {
      gb2[c]! += d;
      active.forEach((a, h) => (g2[h * classes + c]! += a * d));
    });
    active.forEach((a, h) => {
      const d = (1 - a * a) * delta.reduce((t, v, c) => t + v * w2[h * classes + c]!, 0);
      gb1[h]! += d;
      x.forEach((v, i) => (g1[i * hidden + h]! += v * d));
    });
  });
  return [...g1, ...gb1, ...g2, ...gb2];
}

const softmax = (z: Vector): Vector => {
  const total = z.reduce((t, v) => t + Math.exp(v), 0);
  return z.map((v) => Math.exp(v) / total);
};
const add = (a: Vector, b: Vector, factor = 1): Vector => a.map((value, i) => value + factor * b[i]!);
const dot = (a: Vector, b: Vector): number => a.reduce((total, value, i) => total + value * b[i]!, 0);

/** u = slope phi + offset of one sample. */
function attackLogit(z: Vector, y: number, slope: number, offset: number): number {
  const rest = Math.log(z.reduce((t, v, c) => t + (c === y ? 0 : Math.exp(v)), 0));
  return slope * (z[y]! - rest) + offset;
}

function metaGradient(
  theta: Vector,
  tune: (at: Vector) => Vector,
  tests: ((at: Vector) => Vector)[],
  { innerLr, innerSteps, testWeight, order }: LtuOptions,
): Vector {
  const first = tune(theta);
  const points = [theta];
  for (let step = 0; step < innerSteps; step++)
    points.push(add(points[step]!, tune(points[step]!), -innerLr));
  let v = tests
    .map((test) => test(points[innerSteps]!))
    .reduce(
      (total, one) => add(total, one, testWeight / tests.length),
      theta.map(() => 0),
    );
  if (order === "first") return add(first, v);
  for (const at of points.slice(0, -1).toReversed()) {
    const hvp = add(tune(add(at, v, 1e-5)), tune(add(at, v, -1e-5)), -1).map((value) => value / 2e-5);
    v = add(v, hvp, -innerLr);
  }
  return add(first, v);
}

async function samplesOf({ images, labels }: Batch): Promise<Sample[]> {
  const pixels = await images.data();
  images.dispose();
  return Array.from(labels, (label, n) => ({
    x: Array.from(pixels.slice(n * inputs, (n + 1) * inputs)),
    label,
  }));
}

async function iterationByHand(request: UnlearnRequest, options: LtuOptions): Promise<Vector> {
  const { batches, forgetSet, rng } = request;
  const accessible = request.accessibleRetain!;
  const theta = await numbersOf(request.original);
  const { batchSize, samplers: names, queryBatch, excludeTrueLabel } = options;
  const step = rng.split("step/0");
  const coefficients = attacks.map((attack) => attack.toJSON() as { slope: number; offset: number });

  // The sets.
  const support = await samplesOf(
    batches(passesOver(forgetSet, { batchSize, rng: rng.split("support") })(0)),
  );
  const drawn = randomLabels(
    Int32Array.from(support, ({ label }) => label),
    {
      choices: [...Array(classes).keys()],
      excludeTrueLabel,
      rng: step.split("remember").split("labels"),
    },
  );
  const sets = drawQuerySets(accessible, {
    names,
    size: querySetSize(accessible.length, { queryBatch, names }),
    statistics: { labels: readLabels(batches, accessible) },
    rng: step.split("query"),
  });
  const queries = await Promise.all(sets.map((set) => samplesOf(batches(set))));
  const audit = await samplesOf(batches(passesOver(forgetSet, { batchSize, rng: rng.split("audit") })(0)));
  const half = Math.floor(audit.length / 2);
  const chosen = step.split("forget").integer(attacks.length);

  // Remembering feedback.
  const keeps = support.map(({ x, label }) => {
    if (!options.supportGate) return 1;
    const logitOf = (k: number, sample: Sample): number =>
      attackLogit(forward(theta, sample.x).z, sample.label, coefficients[k]!.slope, coefficients[k]!.offset);
    const scores = attacks.map(({ nonMember }, k) => {
      const own = logitOf(k, { x, label });
      const rank = support.filter((sample) => logitOf(k, sample) < own).length;
      const target =
        options.supportGate === "byRank"
          ? midQuantiles(nonMember.sorted, support.length)[rank]!
          : nonMember.mean;
      return (own - target) / nonMember.spread;
    });
    return scores.reduce((t, v) => t + v, 0) > 0 ? 1 : 0;
  });
  const tune = (at: Vector): Vector =>
    gradient(at, support, (logits) =>
      logits.map((z, n) =>
        softmax(z).map((p, c) => (keeps[n]! * (p - (c === drawn[n] ? 1 : 0))) / support.length),
      ),
    );
  const tests = queries.map(
    (query) =>
      (at: Vector): Vector =>
        gradient(at, query, (logits) =>
          logits.map((z, n) => {
            const { x, label } = query[n]!;
            const before = forward(theta, x).z;
            return softmax(z).map(
              (p, c) =>
                (p - (c === label ? 1 : 0) + (options.anchorWeight * 2 * (z[c]! - before[c]!)) / classes) /
                query.length,
            );
          }),
        ),
  );
  const remember = metaGradient(theta, tune, tests, options);

  // Forgetting feedback.
  const attackGradient =
    (samples: readonly Sample[], k: number) =>
    (at: Vector): Vector =>
      gradient(at, samples, (logits) => {
        const { slope, offset } = coefficients[k]!;
        const { nonMember } = attacks[k]!;
        const scale = options.attackScale === "none" ? 1 : nonMember.spread;
        const scores = logits.map((z, n) => attackLogit(z, samples[n]!.label, slope, offset));
        const order = scores.map((_, n) => n).sort((a, b) => scores[a]! - scores[b]!);
        const targets = midQuantiles(nonMember.sorted, samples.length);
        return logits.map((z, n) => {
          let byScore: number;
          if (options.forgetTarget === "quantile") {
            const difference = (scores[n]! - targets[order.indexOf(n)]!) / scale;
            byScore = Math.max(-1, Math.min(1, difference)) / scale;
          } else {
            const isFloored = options.miFloor && scores[n]! < nonMember.mean;
            byScore = isFloored ? 0 : 1 / (1 + Math.exp(-scores[n]! / scale)) / scale;
          }
          const { label } = samples[n]!;
          const rest = z.reduce((t, v, c) => t + (c === label ? 0 : Math.exp(v)), 0);
          return z.map(
            (v, c) => ((c === label ? 1 : -Math.exp(v) / rest) * slope * byScore) / samples.length,
          );
        });
      });
  const ascent =
    (samples: readonly Sample[]) =>
    (at: Vector): Vector =>
      gradient(at, samples, (logits) =>
        logits.map((z, n) =>
          softmax(z).map((p, c) => ((c === samples[n]!.label ? 1 : 0) - p) / samples.length),
        ),
      );
  const side = (from: number, to: number, k: number): ((at: Vector) => Vector) =>
    options.forgetLoss === "attacks"
      ? attackGradient(audit.slice(from, to), k)
      : ascent(audit.slice(from, to));
  const [first, second] = [side(0, half, chosen), side(half, audit.length, 1 - chosen)];
  const queriesOf = { others: [second], support: [first], none: [] };
  const forget = metaGradient(theta, first, queriesOf[options.attackQuery], options);

  // Gradient Harmonization and the step.
  const norm = (v: Vector): number => Math.sqrt(dot(v, v));
  const cap =
    options.forgetNormCap === null ? Infinity : (options.forgetNormCap * norm(remember)) / norm(forget);
  const scaled = forget.map((value) => value * Math.min(options.forgetWeight, cap));
  const c = Math.min(0, dot(remember, scaled));
  const { mode } = options;
  const harmonized = add(
    mode === "both" || mode === "rememberOnly" ? add(remember, scaled, -c / dot(scaled, scaled)) : remember,
    mode === "both" || mode === "forgetOnly" ? add(scaled, remember, -c / dot(remember, remember)) : scaled,
  );
  const clip = Math.min(1, (options.gradientClip ?? Infinity) / norm(harmonized));
  const clipped = harmonized.map((value) => value * clip);
  return add(theta, add(clipped, theta, options.weightDecay), -options.outerLr);
}

describe("ltu, one iteration in float64", () => {
  it.each([
    ["recommended", {}],
    ["recommended", { order: "second", excludeTrueLabel: true, innerLr: 0.1 }],
    ["recommended", { supportGate: "byRank", outerLr: 0.5 }],
    ["recommended", { mode: "off", forgetNormCap: null }],
    ["recommended", { mode: "rememberOnly", forgetNormCap: 0.5, supportGate: false }],
    ["recommended", { forgetLoss: "negativeCrossEntropy", gradientClip: 0.05 }],
    ["recommended", { attackQuery: "support", order: "second", innerSteps: 2, innerLr: 0.3 }],
    ["literal", {}],
    ["literal", { innerSteps: 3, innerLr: 0.2, attackQuery: "none" }],
    ["literal", { mode: "forgetOnly", fusedQueries: true }],
    ["literal", { order: "first", miFloor: false, forgetWeight: 0.3 }],
    ["literal", { forgetTarget: "quantile", miFloor: false, anchorWeight: 1, testWeight: 2, innerLr: 0.1 }],
  ] as const)("agrees with a computation by hand (%s %j)", async (optionSet, overrides) => {
    // Rate 1 makes the step as large as the gradient; "hard" needs losses, which the other test file covers.
    const unlearner = ltu({
      attacks,
      optionSet,
      epochs: 1,
      batchSize: 24,
      queryBatch: 24,
      outerLr: 1,
      samplers: ["uniform", "classSkewed"],
      ...overrides,
    });
    const request = makeRequest();
    const expected = await iterationByHand(request, unlearner.options as unknown as LtuOptions);
    const { weights, history } = await unlearner.unlearn(request);
    const got = await numbersOf(weights);
    release(weights);
    release(request.original);
    expect(history["tuneLoss"]).toHaveLength(1);
    expect(history["rememberNorm"]?.[0]).toBeGreaterThan(0.01);
    expect(history["forgetNorm"]?.[0]).toBeGreaterThan(0.01);
    expected.forEach((want, i) => expect(Math.abs(got[i]! - want)).toBeLessThan(1e-4));
  });
});
