import { backend_util, getKernel, type KernelConfig } from "@tensorflow/tfjs-core";

/**
 * tfjs's convolution on the wasm backend with the padding "same" written out in numbers. Left to itself, its
 * library refuses "same" where the stride is larger than the filter (a strided 1x1 shortcut), prints a line and
 * returns unset memory.
 */
export function conv2dWasm(): KernelConfig {
  const original = getKernel("Conv2D", "wasm");
  return {
    ...original,
    kernelFunc: (params) => {
      const { pad, strides, dilations, dataFormat, dimRoundingMode } = params.attrs as unknown as {
        pad: unknown;
        strides: number;
        dilations: number;
        dataFormat: "NHWC";
        dimRoundingMode?: "floor";
      };
      const { x, filter } = params.inputs;
      if (pad !== "same" || x === undefined || filter === undefined) return original.kernelFunc(params);
      const { padInfo } = backend_util.computeConv2DInfo(
        x.shape as [number, number, number, number],
        filter.shape as [number, number, number, number],
        strides,
        dilations,
        pad,
        dimRoundingMode,
        false,
        backend_util.convertConv2DDataFormat(dataFormat),
      );
      const explicit = [
        [0, 0],
        [padInfo.top, padInfo.bottom],
        [padInfo.left, padInfo.right],
        [0, 0],
      ];
      return original.kernelFunc({ ...params, attrs: { ...params.attrs, pad: explicit } });
    },
  };
}
