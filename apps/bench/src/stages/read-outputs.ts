import { disposeParams, type BatchSource, type IndexSet, type Predictions } from "@ltu/core";
import type { Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { decodeSplits } from "./prepare.ts";
import { decodeModel } from "./weights-artefact.ts";

/** A model's outputs on one set. */
export type SetOutputs = Predictions & { readonly indexes: IndexSet };

/** All outputs that metrics and evaluators are computed from, each read once. */
export interface ModelOutputs {
  readonly forget: SetOutputs;
  readonly retain: SetOutputs;
  readonly test: SetOutputs;
}

const setNames = ["forget", "retain", "test"] as const;

/** Reads one model's logits on forget, retain and test set, once: evaluation mode, evaluation transform. */
export function readOutputsStage(
  { model, batches, ground }: RunContext,
  { prepare, weights, label }: { readonly prepare: Stage; readonly weights: Stage; readonly label: string },
): Stage {
  return {
    name: `read outputs: ${label}`,
    inputs: { ground },
    dependsOn: [prepare, weights],
    run: async ({ artefact, signal }) => {
      const splits = decodeSplits(await artefact(prepare));
      const { weights: read, classes } = decodeModel(await artefact(weights));
      const audited = classes === model.classes ? model : model.withClasses(classes);
      try {
        // A method may add classes of its own: a prediction of one of them is wrong, for labels are those of the data.
        const source = describedAs(batches, classes);
        const outputsOn = async (indexes: IndexSet): Promise<SetOutputs> => ({
          ...(await predict(audited, read, source, indexes, { signal })),
          indexes,
        });
        return encodeOutputs({
          forget: await outputsOn(splits.forgetSet),
          retain: await outputsOn(splits.retainSet),
          test: await outputsOn(splits.testSet),
        });
      } finally {
        [read.params, read.stats].forEach(disposeParams);
      }
    },
  };
}

/** The same batches, for a model with another number of classes. */
export function describedAs(batches: BatchSource, classes: number): BatchSource {
  const { imageShape } = batches;
  const source: BatchSource = Object.assign((...request: Parameters<BatchSource>) => batches(...request), {
    imageShape,
    classes,
  });
  return source;
}

/** The outputs of one model on its three sets as bytes. */
export function encodeOutputs(outputs: ModelOutputs): Uint8Array {
  return encodeSets(setNames.map((name) => outputs[name]));
}

/** The outputs that {@link readOutputsStage} kept, bit for bit. */
export function decodeOutputs(bytes: Uint8Array): ModelOutputs {
  const sets = decodeSets(bytes);
  return Object.fromEntries(setNames.map((name, i) => [name, sets[i]])) as unknown as ModelOutputs;
}

/** Classes, then of each set its size, its indexes, its labels and its logits: 32 bits each. */
export function encodeSets(sets: readonly SetOutputs[]): Uint8Array {
  const parts = sets.flatMap(({ indexes, labels, logits }) => [
    Int32Array.of(labels.length),
    indexes,
    labels,
    logits,
  ]);
  const bytes = new Uint8Array(4 + parts.reduce((sum, part) => sum + part.byteLength, 0));
  bytes.set(bytesOf(Int32Array.of(sets[0]?.classes ?? 0)));
  let at = 4;
  for (const part of parts) {
    bytes.set(bytesOf(part), at);
    at += part.byteLength;
  }
  return bytes;
}

/** The reverse of {@link encodeSets}. */
export function decodeSets(bytes: Uint8Array): SetOutputs[] {
  const { buffer } = Uint8Array.from(bytes);
  let at = 0;
  const next = <T>(Kind: new (data: ArrayBuffer, from: number, count: number) => T, count: number): T => {
    const part = new Kind(buffer, at, count);
    at += 4 * count;
    return part;
  };
  const [classes = 0] = next(Int32Array, 1);
  const sets: SetOutputs[] = [];
  while (at < buffer.byteLength) {
    const [size = 0] = next(Int32Array, 1);
    const indexes = next(Int32Array, size);
    const labels = next(Int32Array, size);
    sets.push({ indexes, labels, logits: next(Float32Array, size * classes), classes });
  }
  return sets;
}

function bytesOf(part: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}
