import {
  add,
  matMul,
  mean,
  mul,
  relu,
  reshape,
  sub,
  tanh,
  tensor,
  tensor1d,
  dispose,
  sum,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import { disposeParams, softmaxCrossEntropy, type Params } from "@ltu/core";
import {
  disposeMetaGradient,
  hvp,
  hvpSearchSteps,
  innerStep,
  metaGradient,
  type Loss,
} from "@ltu/meta-opt";
import {
  compareGolden,
  decodeTensor,
  type Comparison,
  type GoldenCase,
  type GoldenFile,
  type GoldenTopic,
} from "@ltu/testing";

/** The losses of one case with the tensors they hold. */
interface Problem {
  readonly params: Params;
  readonly tune: Loss;
  readonly tests: readonly Loss[];
  readonly held: readonly Tensor[];
}

type Json = Readonly<Record<string, unknown>>;

function float(value: unknown): Tensor {
  const { shape, data } = decodeTensor(value);
  return tensor(data, shape, "float32");
}

/** 1/2 t^T A t - b^T t and 1/2 (t - c)^T B (t - c). */
function quadratic(inputs: Json): Problem {
  const held: Tensor[] = [];
  const hold = (value: unknown): Tensor => {
    held.push(float(value));
    return held.at(-1) as Tensor;
  };
  const bilinear = (t: Tensor, matrix: Tensor): Tensor => {
    const column = reshape(t, [-1, 1]);
    return mul(0.5, sum(mul(column, matMul(matrix as Tensor2D, column))));
  };
  const [matrix, offset] = [hold(inputs["A"]), hold(inputs["b"])];
  const tests = (inputs["tests"] as readonly Json[]).map((test) => {
    const [curve, centre] = [hold(test["B"]), hold(test["c"])];
    return ({ theta }: Params) => bilinear(sub(theta as Tensor, centre), curve) as Scalar;
  });
  return {
    params: { theta: float(inputs["theta"]) },
    tune: ({ theta }) => sub(bilinear(theta as Tensor, matrix), sum(mul(offset, theta as Tensor))) as Scalar,
    tests,
    held,
  };
}

/** Mean soft-max cross-entropy of x W1 + b1, activation, W2 + b2. */
function mlp({ weights, support, queries }: Json, activation: unknown): Problem {
  const held: Tensor[] = [];
  const lossOn = (set: Json): Loss => {
    const x = float(set["x"]) as Tensor2D;
    const y = tensor1d(decodeTensor(set["y"]).data, "int32");
    held.push(x, y);
    return ({ W1, b1, W2, b2 }) => {
      const hidden = add(matMul(x, W1 as Tensor2D), b1 as Tensor);
      const active = activation === "tanh" ? tanh(hidden) : relu(hidden);
      const logits = add(matMul(active as Tensor2D, W2 as Tensor2D), b2 as Tensor) as Tensor2D;
      return mean(softmaxCrossEntropy(logits, y as Tensor1D)) as Scalar;
    };
  };
  return {
    params: Object.fromEntries(Object.entries(weights as Json).map(([name, value]) => [name, float(value)])),
    tune: lossOn(support as Json),
    tests: (queries as readonly Json[]).map(lossOn),
    held,
  };
}

function problemOf(golden: GoldenCase, file: GoldenFile): Problem {
  const fixture = golden.inputs["fixture"];
  return fixture === undefined
    ? quadratic(golden.inputs)
    : mlp(file.fixtures?.[fixture as string] as Json, golden.params["activation"]);
}

/** First- and second-order meta-gradients and Hessian-vector products. */
export const topic: GoldenTopic = {
  topic: "meta-gradient",
  async run(golden, file) {
    const problem = problemOf(golden, file);
    const options = { innerLr: golden.params["alpha"] as number, testWeight: golden.params["lambda_"] as number };
    const { expected } = golden;
    const tolerance: Comparison = { abs: golden.tolerance.abs ?? 0, rel: golden.tolerance.rel };
    const central = golden.tolerance["hvpCentralDifference"] as Partial<Comparison> & { readonly note?: string };
    const differenceTolerance: Comparison = { abs: central.abs ?? tolerance.abs, rel: central.rel ?? tolerance.rel };
    // A note may name another tolerance for what is built from the central difference.
    const noted = /secondOrder .*\babs ([\d.e+-]+)/.exec(central.note ?? "")?.[1];
    const builtTolerance: Comparison = noted === undefined ? tolerance : { ...tolerance, abs: Number(noted) };
    const problems: string[] = [];
    const check = async (field: string, got: Params, wanted: unknown, within: Comparison): Promise<void> => {
      for (const [name, value] of Object.entries(wanted as Json)) {
        const values = await (got[name] as Tensor).data();
        problems.push(...compareGolden(`${field}.${name}`, values, value, within));
      }
    };
    try {
      const first = await metaGradient(problem.params, problem.tune, problem.tests, { ...options, order: "first" });
      const second = await metaGradient(problem.params, problem.tune, problem.tests, {
        ...options,
        order: "second",
        curvatureSteps: hvpSearchSteps,
      });
      const tau = innerStep(problem.params, first.tuneGradient, options);
      const stated = expected["hvpCentralDifference"] as { eps: number; normV: number; value: unknown };
      const difference = await hvp(problem.tune, problem.params, second.testGradient, {
        steps: [stated.eps * stated.normV],
      });
      const objective =
        first.tuneLoss +
        (options.testWeight * first.testLosses.reduce((total, loss) => total + loss, 0)) /
          first.testLosses.length;
      problems.push(
        ...compareGolden("tuneLoss", first.tuneLoss, expected["tuneLoss"], tolerance),
        ...compareGolden("testLosses", first.testLosses, expected["testLosses"], tolerance),
        ...compareGolden("objective", objective, expected["objective"], tolerance),
      );
      await check("gradTune", first.tuneGradient, expected["gradTune"], tolerance);
      await check("thetaTau", tau, expected["thetaTau"], tolerance);
      await check("meanTestGradAtThetaTau", first.testGradient, expected["meanTestGradAtThetaTau"], tolerance);
      await check("firstOrder", first.gradient, expected["firstOrder"], tolerance);
      await check("secondOrder", second.gradient, expected["secondOrder"], builtTolerance);
      await check("hvp", second.curvature ?? {}, expected["hvp"], differenceTolerance);
      await check("hvpCentralDifference", difference.product, stated.value, differenceTolerance);
      [first, second].forEach(disposeMetaGradient);
      [tau, difference.product].forEach(disposeParams);
    } finally {
      disposeParams(problem.params);
      dispose([...problem.held]);
    }
    return problems;
  },
};
