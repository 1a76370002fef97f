import { boundaryExpanding } from "@ltu/baselines";
import { argMax, concat, reshape, tensor4d, tidy, zeros, type Tensor4D } from "@tensorflow/tfjs-core";

import { disposeParams, type Model, type UnlearnResult } from "@ltu/core";
import { compareGolden, decodeTensor, type GoldenCase, type GoldenFile } from "@ltu/testing";

import { compareWeights, toleranceOf, trainingOptions, unlearnFixture } from "./compare-run.ts";
import { treeOf, withFixture, type CaseRunner, type Fixture } from "./fixture.ts";

interface ExtraRow {
  readonly kernelColumn: unknown;
  readonly bias: number;
}

/** Boundary expanding, with the extra output that the case gives: the weights, and the logits kept and cut. */
export const boundaryExpandingCase: CaseRunner = (golden, file) =>
  withFixture(golden, file, async (fixture) => {
    const { extraRow } = golden.inputs as unknown as { extraRow: ExtraRow };
    const model = withExtraRow(fixture.model, extraRow);
    const problems: string[] = [];
    for (const dropShadow of [false, true]) {
      const method = boundaryExpanding({ ...trainingOptions(golden), dropShadow });
      const result = await unlearnFixture(method, fixture, { model });
      try {
        if (!dropShadow) problems.push(...(await compareWeights(golden, fixture, result.weights)));
        problems.push(...(await compareOutputs(golden, file, { fixture, result, dropShadow })));
      } finally {
        [result.weights.params, result.weights.stats].forEach(disposeParams);
      }
    }
    return problems;
  });

/** Logits and predictions on the forget set and the probes. */
async function compareOutputs(
  golden: GoldenCase,
  file: GoldenFile,
  {
    fixture: { batches, forgetSet },
    result: { model, weights },
    dropShadow,
  }: { readonly fixture: Fixture; readonly result: UnlearnResult; readonly dropShadow: boolean },
): Promise<string[]> {
  const part = dropShadow ? "DropShadow" : "KeepShadow";
  const problems: string[] = [];
  const sets: Record<string, Tensor4D> = {
    forget: batches(forgetSet).images,
    probe: probesOf(golden, file, model.inputShape),
  };
  for (const [set, images] of Object.entries(sets)) {
    const logits = tidy(() => model.apply(weights, images, { mode: "eval" }).logits);
    const predicted = argMax(logits, 1);
    const found = { logits: await logits.data(), predicted: await predicted.data() };
    for (const [kind, values] of Object.entries(found)) {
      const field = `${kind}${part}`;
      const wanted = (golden.expected[field] as Record<string, unknown>)[set];
      problems.push(...compareGolden(`${field}.${set}`, values as Float32Array, wanted, toleranceOf(golden, field)));
    }
    [images, logits, predicted].forEach((tensor) => tensor.dispose());
  }
  return problems;
}

function probesOf(
  { inputs }: GoldenCase,
  { fixtures }: GoldenFile,
  inputShape: Model["inputShape"],
): Tensor4D {
  const fixture = fixtures?.[inputs["fixture"] as string] ?? {};
  const probe = fixture["probe"] as { readonly x: unknown };
  const { data, shape } = decodeTensor(probe.x);
  return tensor4d(Float32Array.from(data), [shape[0] as number, ...inputShape]);
}

/** The same perceptron, which draws the given numbers for its last output when it is made with one class more. */
function withExtraRow(model: Model, { kernelColumn, bias }: ExtraRow): Model {
  return {
    ...model,
    withClasses: (classes) => ({
      ...model.withClasses(classes),
      init: (rng) => {
        const { params, stats } = model.init(rng);
        const extra = treeOf({ column: kernelColumn, bias });
        const wider = tidy(
          () =>
            ({
              W2: concat([params["W2"] as never, reshape(extra["column"] as never, [-1, 1])], 1),
              b2: concat([zeros([classes - 1]), extra["bias"] as never]),
            }) as never,
        ) as typeof params;
        disposeParams({ ...extra, W2: params["W2"] as never, b2: params["b2"] as never });
        return { params: { ...params, ...wider }, stats };
      },
    }),
  };
}
