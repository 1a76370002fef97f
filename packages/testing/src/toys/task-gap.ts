import { matMul, mean, softplus, tensor2d, type Scalar, type Tensor2D } from "@tensorflow/tfjs-core";

import { addScaledParams, createRng, disposeParams, type Params, type Rng } from "@ltu/core";

type Loss = (params: Params) => Scalar;

/** Gives the gradient for one step from a support and a query loss, such as `metaGradient` does; the toy disposes it. */
export type SupportQueryGradient = (params: Params, support: Loss, query: Loss) => Promise<Params>;

const [inputs, samples, strength] = [10, 24, 2];
const [outerLr, forgotten, mostSteps] = [0.2, 0.25, 120];

interface Group {
  readonly x: readonly Float64Array[];
  /** 1 or -1. */
  readonly y: readonly number[];
}

/**
 * What a model still knows of the group to keep when another was forgotten, with a dial for the gap between the two.
 *
 * A logistic regression in ten dimensions knows two groups, one to forget and one to keep. The gap is the angle between
 * the directions that carry their classes: 0 is one task, 1 (a right angle) two that share nothing. Support: the forget
 * group with random labels, drawn anew at each step. Query: 24 samples of the group to keep. The descent stops when the
 * loss of the forget group has gone a quarter of its way to that of a coin, so that all rules forget equally much.
 *
 * @param setting.gap - In right angles, 0 to 1.
 * @param gradient - The rule under test.
 * @returns The mean loss on 1,000 unseen samples of the group to keep.
 */
export async function keptLoss(
  { seed, gap }: { readonly seed: number; readonly gap: number },
  gradient: SupportQueryGradient,
): Promise<number> {
  const rng = createRng(seed);
  const [forgetDirection, keepDirection] = twoDirections(gap, rng.split("directions"));
  const forget = drawGroup(forgetDirection, samples, rng.split("forget"));
  const known = drawGroup(keepDirection, samples, rng.split("keep"));
  const rest = drawGroup(keepDirection, 3 * samples, rng.split("rest"));
  const unseen = drawGroup(keepDirection, 1000, rng.split("unseen"));
  const everything = [forget, known, rest];
  const start = originalWeights({
    x: everything.flatMap(({ x }) => x),
    y: everything.flatMap(({ y }) => y),
  });
  const goal = lossOf(start, forget) + forgotten * (Math.LN2 - lossOf(start, forget));
  const query = signedRows(known);
  let params: Params = { w: tensor2d(Array.from(start), [inputs, 1]) };
  let values: ArrayLike<number> = start;
  for (let step = 0; step < mostSteps && lossOf(values, forget) < goal; step++) {
    const labels = rng.split(`labels/${step}`);
    const randomLabels = forget.y.map(() => (labels.uniform() < 0.5 ? -1 : 1));
    const support = signedRows({ x: forget.x, y: randomLabels });
    const direction = await gradient(params, logisticLoss(support), logisticLoss(query));
    support.dispose();
    const next = addScaledParams(params, direction, -outerLr);
    [params, direction].forEach(disposeParams);
    params = next;
    values = await (next["w"] as Tensor2D).data();
  }
  query.dispose();
  disposeParams(params);
  return lossOf(values, unseen);
}

function drawGroup(direction: Float64Array, count: number, rng: Rng): Group {
  const y = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? -1 : 1));
  const x = y.map((sign) => direction.map((part) => sign * strength * part + rng.normal()));
  return { x, y };
}

/** Two random directions of length 1 at an angle of gap times 90 degrees. */
function twoDirections(gap: number, rng: Rng): [Float64Array, Float64Array] {
  const unit = (v: Float64Array): Float64Array => v.map((part) => part / Math.hypot(...v));
  const a = unit(Float64Array.from(rng.normals(inputs)));
  const other = Float64Array.from(rng.normals(inputs));
  const along = a.reduce((total, part, i) => total + part * (other[i] as number), 0);
  const b = unit(other.map((part, i) => part - along * (a[i] as number)));
  const angle = (gap * Math.PI) / 2;
  return [a, a.map((part, i) => part * Math.cos(angle) + (b[i] as number) * Math.sin(angle))];
}

function marginsOf(w: ArrayLike<number>, { x, y }: Group): number[] {
  return x.map(
    (row, n) => (y[n] as number) * row.reduce((total, value, i) => total + value * (w[i] as number), 0),
  );
}

function lossOf(w: ArrayLike<number>, group: Group): number {
  const losses = marginsOf(w, group).map((margin) => Math.log1p(Math.exp(-margin)));
  return losses.reduce((total, loss) => total + loss, 0) / group.y.length;
}

/** 200 steps of gradient descent in float64. */
function originalWeights({ x, y }: Group): Float64Array {
  let w = new Float64Array(inputs);
  for (let step = 0; step < 200; step++) {
    const slopes = marginsOf(w, { x, y }).map((margin) => 1 / (1 + Math.exp(margin)) / y.length);
    w = w.map(
      (value, i) =>
        value +
        0.5 * slopes.reduce((t, s, n) => t + s * (y[n] as number) * ((x[n] as Float64Array)[i] as number), 0),
    );
  }
  return w;
}

/** The rows -y x. */
function signedRows({ x, y }: Group): Tensor2D {
  return tensor2d(x.map((row, n) => Array.from(row, (value) => -(y[n] as number) * value)));
}

/** Mean softplus(-y x w). */
function logisticLoss(signed: Tensor2D): Loss {
  return ({ w }) => mean(softplus(matMul(signed, w as Tensor2D))) as Scalar;
}
