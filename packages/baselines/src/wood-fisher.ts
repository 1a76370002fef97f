import { add, addN, div, mul, sub, sum, tidy, type Scalar, type Tensor } from "@tensorflow/tfjs-core";

import { cloneParams, disposeParams, zipParams, type Params } from "@ltu/core";

/**
 * The recursion that public code calls WoodFisher, as it stands there: with o = g_0,
 *
 * t = o . g_j, k <- k - (k . g_j) / (N + t) o, o <- o - t / (N + t) o, j = 1, 2, ...
 *
 * It is NOT the inverse Fisher: o only ever rescales the first sample's gradient, so k stays in v + span{g_0}, and the
 * others decide no more than by how much. The textbook form is {@link woodburyInverse}.
 *
 * @param v - What to multiply; borrowed.
 * @param gradients - g_0, g_1, ...; each is disposed.
 * @returns k, a tree like `v`; the caller disposes it.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/Wfisher.py` (`woodfisher`).
 */
export async function woodFisher(
  v: Params,
  gradients: AsyncIterable<Params>,
  { N }: { readonly N: number },
): Promise<Params> {
  let k = cloneParams(v);
  let o: Params | undefined;
  try {
    for await (const gradient of gradients) {
      if (o === undefined) {
        o = gradient;
        continue;
      }
      const before = { k, o };
      const next = tidy(() => {
        const t = dot(before.o, gradient);
        const scale = add(t, N);
        return {
          k: minus(before.k, div(dot(before.k, gradient), scale), before.o),
          o: minus(before.o, div(t, scale), before.o),
        } as never;
      }) as unknown as typeof before;
      [before.k, before.o, gradient].forEach(disposeParams);
      ({ k, o } = next);
    }
    return k;
  } catch (error) {
    disposeParams(k);
    throw error;
  } finally {
    disposeParams(o ?? {});
  }
}

/** The inner product of two trees; stays on the device. */
function dot(a: Params, b: Params): Scalar {
  return addN(Object.keys(a).map((name) => sum(mul(a[name] as Tensor, b[name] as Tensor)))) as Scalar;
}

/** a - factor b. */
function minus(a: Params, factor: Tensor, b: Params): Params {
  return zipParams([a, b], ([x, y]) => sub(x as Tensor, mul(y as Tensor, factor)));
}
