import { tensor1d, tensor2d, type Tensor, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";
import {
  correctnessFloat64,
  entropy,
  entropyFloat64,
  logsumexp,
  logsumexpFloat64,
  loss,
  lossFloat64,
  margin,
  marginFloat64,
  modifiedEntropy,
  modifiedEntropyFloat64,
  phi,
  phiFloat64,
  topLogits,
  topProbabilities,
  topProbabilitiesFloat64,
  trueProbability,
  trueProbabilityFloat64,
} from "@ltu/mia";
import { compareGolden, decodeTensor, type GoldenTopic } from "@ltu/testing";

/** A signal on the engine and, where it exists, in float64. */
interface Forms {
  readonly tensor?: (logits: Tensor2D, labels: Tensor1D) => Tensor;
  readonly float64?: (predictions: Predictions) => Float64Array;
}

function formsOf(k: number): Readonly<Record<string, Forms>> {
  const clamped = (clamp: number): Forms => ({
    tensor: (z, y) => modifiedEntropy(z, y, { clamp }),
    float64: (outputs) => modifiedEntropyFloat64(outputs, { clamp }),
  });
  return {
    pTrue: { tensor: (z, y) => trueProbability(z, y), float64: (o) => trueProbabilityFloat64(o) },
    pTrueClamp1em7: {
      tensor: (z, y) => trueProbability(z, y, { clamp: 1e-7 }),
      float64: (o) => trueProbabilityFloat64(o, { clamp: 1e-7 }),
    },
    loss: { tensor: loss, float64: lossFloat64 },
    entropy: { tensor: entropy, float64: entropyFloat64 },
    mEntropy: clamped(0),
    mEntropyClamp1em30: clamped(1e-30),
    mEntropyClamp1em7: clamped(1e-7),
    margin: { tensor: margin, float64: marginFloat64 },
    phi: { tensor: phi, float64: phiFloat64 },
    logsumexp: { tensor: logsumexp, float64: logsumexpFloat64 },
    maxProb: {
      tensor: (z) => topProbabilities(z, { k: 1 }),
      float64: (o) => topProbabilitiesFloat64(o, { k: 1 }),
    },
    correct: { float64: correctnessFloat64 },
    topKProbs: {
      tensor: (z) => topProbabilities(z, { k }),
      float64: (o) => topProbabilitiesFloat64(o, { k }),
    },
    topKLogits: { tensor: (z) => topLogits(z, { k }) },
  };
}

/** Signals of membership from logits, on the engine and in float64. */
export const topic: GoldenTopic = {
  topic: "mia-features",
  run: async ({ inputs, params, expected, tolerance }) => {
    const { data, shape } = decodeTensor(inputs["logits"]);
    const labels = decodeTensor(inputs["labels"]).data;
    const classes = shape[1] as number;
    const comparison = { abs: tolerance.abs ?? 0, rel: tolerance.rel };
    const forms = formsOf(Number(params["topK"]));
    const predictions = { logits: Float32Array.from(data), labels: Int32Array.from(labels), classes };
    const differences: string[] = [];
    for (const [field, wanted] of Object.entries(expected)) {
      // What a reference gives under this name documents its behaviour; it is not a target.
      if (/reference/iu.test(field) || wanted === null) continue;
      const { tensor, float64 } = forms[field] ?? {};
      if (tensor === undefined && float64 === undefined) {
        differences.push(`${field}: no signal of this name`);
        continue;
      }
      if (float64 !== undefined) {
        differences.push(...compareGolden(`${field} (float64)`, float64(predictions), wanted, comparison));
      }
      if (tensor !== undefined) {
        const z = tensor2d(data, [labels.length, classes], "float32");
        const y = tensor1d(labels, "int32");
        const values = tensor(z, y);
        try {
          differences.push(...compareGolden(field, await values.data(), wanted, comparison));
        } finally {
          values.dispose();
          z.dispose();
          y.dispose();
        }
      }
    }
    return differences;
  },
};
