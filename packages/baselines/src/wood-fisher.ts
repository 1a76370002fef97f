import { addN, mul, stack, sum, tidy, type Scalar, type Tensor } from "@tensorflow/tfjs-core";

import { addScaledParams, cloneParams, disposeParams, type Params } from "@ltu/core";

/**
 * The recursion that public code calls WoodFisher, as it stands there: with k = v and o = g_0 to begin with,
 *
 * t = o . g_j, k <- k - (k . g_j) / (N + t) o, o <- o - t / (N + t) o, j = 1, 2, ...
 *
 * It is NOT the inverse Fisher: o only ever rescales the first sample's gradient, so k stays in v + span{g_0}, and the
 * other samples decide no more than by how much. The textbook form is `woodburyInverse`.
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
  let first: Params | undefined;
  // Throughout, o = s g_0 and k = v + c g_0: two inner products a sample are all there is to compute.
  let [s, c] = [1, 0];
  try {
    for await (const gradient of gradients) {
      if (first === undefined) {
        first = gradient;
        continue;
      }
      const [g0, along] = await productsWith(gradient, [first, v]).finally(() => disposeParams(gradient));
      const t = s * (g0 as number);
      c -= (((along as number) + c * (g0 as number)) / (N + t)) * s;
      s -= (t / (N + t)) * s;
    }
    return first === undefined ? cloneParams(v) : addScaledParams(v, first, c);
  } finally {
    disposeParams(first ?? {});
  }
}

/** The inner products of a tree with others, read back together. */
async function productsWith(tree: Params, others: readonly Params[]): Promise<Float32Array> {
  const names = Object.keys(tree);
  const products = tidy(() =>
    stack(
      others.map(
        (other) => addN(names.map((name) => sum(mul(tree[name] as Tensor, other[name] as Tensor)))) as Scalar,
      ),
    ),
  );
  return products.data<"float32">().finally(() => products.dispose()) as Promise<Float32Array>;
}
