import { LtuError } from "@ltu/core";
import { engine, memory, tensor_util, type TensorContainer } from "@tensorflow/tfjs-core";

/** How many tensors are alive. */
export function tensorCount(): number {
  return memory().numTensors;
}

/** How many bytes the living tensors hold, as TensorFlow.js counts them; shared numbers count for each holder. */
export function currentBytes(): number {
  return memory().numBytes;
}

/**
 * Runs `f` and gives its result with the largest number of bytes that tensors held meanwhile. Temporary memory
 * inside a kernel is not counted.
 *
 * @example
 * ```ts
 * import { peakBytes } from "@ltu/engine";
 * import { add, ones, tidy } from "@tensorflow/tfjs-core";
 *
 * const { peak } = await peakBytes(() => tidy(() => add(ones([1000]), 1).size));
 * console.log(peak >= 8000); // → true
 * ```
 */
export async function peakBytes<T>(f: () => T | Promise<T>): Promise<{ result: T; peak: number }> {
  const state = engine().state as { numBytes: number };
  let bytes = state.numBytes;
  let peak = bytes;
  // The count is a plain property that tfjs changes at each tensor; an accessor in its place sees every change.
  const before = Object.getOwnPropertyDescriptor(state, "numBytes") as PropertyDescriptor;
  Object.defineProperty(state, "numBytes", {
    configurable: true,
    enumerable: true,
    get: () => bytes,
    set: (value: number) => {
      bytes = value;
      peak = Math.max(peak, value);
      before.set?.call(state, value);
    },
  });
  try {
    return { result: await f(), peak };
  } finally {
    Object.defineProperty(state, "numBytes", before);
    if (before.set === undefined) state.numBytes = bytes;
  }
}

/**
 * Runs `f` and checks that it left no tensor behind but those it returned.
 *
 * @param where - Who is checked, for the message.
 * @returns What `f` returned; the caller disposes its tensors.
 * @throws LtuError `BACKEND` with the number of tensors left, or disposed too many.
 */
export async function withLeakCheck<T>(where: string, f: () => T | Promise<T>): Promise<T> {
  const before = tensorCount();
  const result = await f();
  const returned = tensor_util.getTensorsInContainer(result as TensorContainer).length;
  const left = tensorCount() - before - returned;
  if (left !== 0) {
    throw new LtuError(
      "BACKEND",
      left > 0
        ? `${where}: expected to leave only the ${returned} tensors it returns, found ${left} more; dispose them or use tidy.`
        : `${where}: expected to keep the tensors it was given, found ${-left} of them disposed; dispose only what was made inside.`,
    );
  }
  return result;
}
