import {
  backend,
  engine,
  registerKernel,
  tensor1d,
  type KernelBackend,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

/** What of tfjs-node's backend is used here. */
interface NodeBackend extends KernelBackend {
  readonly binding: Readonly<
    Record<"TF_ATTR_TYPE" | "TF_ATTR_INT" | "TF_ATTR_FLOAT" | "TF_ATTR_BOOL" | "TF_ATTR_STRING", number>
  > &
    Readonly<Record<"TF_FLOAT" | "TF_INT32", number>>;
  executeMultipleOutputs(
    name: string,
    attrs: readonly object[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}

/** Attributes of a TensorFlow op. A string `"float32"` or `"int32"` under a name that begins with T is a type. */
export type OpAttributes = Readonly<
  Record<
    string,
    | { int: number }
    | { float: number }
    | { bool: boolean }
    | { string: string }
    | { type: "float32" | "int32" }
  >
>;

/**
 * Runs one TensorFlow op on the tfjs-node backend.
 *
 * @param name - As in TensorFlow's op registry, such as `"FusedBatchNormV3"`.
 * @param outputs - How many outputs the op has.
 * @returns All outputs; the caller disposes them.
 */
export function runOp(
  name: string,
  attributes: OpAttributes,
  inputs: readonly TensorInfo[],
  outputs: number = 1,
): Tensor[] {
  const node = backend() as NodeBackend;
  const { binding } = node;
  const attrs = Object.entries(attributes).map(([attribute, value]) => {
    if ("int" in value) return { name: attribute, type: binding.TF_ATTR_INT, value: value.int };
    if ("float" in value) return { name: attribute, type: binding.TF_ATTR_FLOAT, value: value.float };
    if ("bool" in value) return { name: attribute, type: binding.TF_ATTR_BOOL, value: value.bool };
    if ("string" in value) return { name: attribute, type: binding.TF_ATTR_STRING, value: value.string };
    const type = value.type === "int32" ? binding.TF_INT32 : binding.TF_FLOAT;
    return { name: attribute, type: binding.TF_ATTR_TYPE, value: type };
  });
  return node.executeMultipleOutputs(name, attrs, inputs, outputs);
}

/** As {@link runOp} for an op with one output. */
export function runOp1(name: string, attributes: OpAttributes, inputs: readonly TensorInfo[]): Tensor {
  return runOp(name, attributes, inputs)[0] as Tensor;
}

/** The same numbers under another shape. */
export function reshaped(x: TensorInfo, shape: readonly number[]): Tensor {
  const wanted = tensor1d([...shape], "int32");
  const result = runOp1("Reshape", { T: { type: "float32" }, Tshape: { type: "int32" } }, [x, wanted]);
  wanted.dispose();
  return result;
}

/**
 * Registers a kernel for tfjs-node's backend, which is called "tensorflow". What the kernel makes on its way is
 * disposed; its result, one tensor or several, goes to the caller.
 */
export function registerTensorflowKernel(
  kernelName: string,
  compute: (inputs: Readonly<Record<string, TensorInfo>>, attrs: Readonly<NamedAttrMap>) => Tensor | Tensor[],
): void {
  registerKernel({
    kernelName,
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs }: { inputs: NamedTensorInfoMap; attrs?: NamedAttrMap }) =>
      engine().tidy(() => compute(inputs as Record<string, TensorInfo>, attrs ?? {})),
  });
}
