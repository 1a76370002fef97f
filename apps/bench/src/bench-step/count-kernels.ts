import { backend, engine } from "@tensorflow/tfjs-core";

/** What one piece of work asked of the engine. */
export interface KernelCount {
  /** Kernels that compute. A second handle on the same numbers (`Identity`) is none. */
  readonly kernels: number;
  /** The largest sum of the bytes of all tensors alive at one time. */
  readonly peakBytes: number;
}

/** Methods by which tfjs-node runs each op of libtensorflow; other backends lack them. */
const nodeMethods = ["executeSingleOutput", "executeMultipleOutputs"] as const;

/**
 * Counts the kernels of `work` and its peak of tensor memory. On the native engine every op of libtensorflow
 * counts, so a kernel of ours that runs ten of them counts ten.
 */
export async function countKernels(work: () => Promise<unknown>): Promise<KernelCount> {
  const node = backend() as unknown as Record<
    (typeof nodeMethods)[number],
    ((...args: unknown[]) => unknown) | undefined
  >;
  let ops = 0;
  for (const method of nodeMethods) {
    const run = node[method];
    if (run === undefined) continue;
    node[method] = (...args) => {
      ops++;
      return run.apply(node, args);
    };
  }
  try {
    // The work may be asynchronous; all it starts is over when it resolves, and `profile` waits for it.
    const profile = await engine().profile(async () => {
      await work();
      return [] as never;
    });
    const computing = profile.kernels.filter(({ name }) => name !== "Identity");
    return { kernels: ops > 0 ? ops : computing.length, peakBytes: profile.peakBytes };
  } finally {
    // The instance's own wrappers go; the methods of its class show again.
    for (const method of nodeMethods) delete node[method];
  }
}
