/**
 * Methods that TensorFlow.js adds to tensors only when the union package is loaded. "own": no built-in object of
 * JavaScript has a method of this name, so any call of it is a chained op; "shared": a built-in has it too.
 */
export const chainedOps: ReadonlyMap<string, "own" | "shared"> = new Map([
  ...(
    "argMax argMin as1D as2D as3D as4D as5D asScalar asType avgPool batchNorm batchToSpaceND broadcastTo " +
    "clipByValue conv1d conv2d conv2dTranspose cumprod cumsum depthToSpace depthwiseConv2d dilation2d divNoNan " +
    "elu erf euclideanNorm expandDims fft floorDiv gather greaterEqual ifft irfft leakyRelu lessEqual " +
    "localResponseNormalization logSigmoid logSoftmax logSumExp logicalAnd logicalNot logicalOr logicalXor matMul " +
    "maxPool mirrorPad notEqual oneHot onesLike prelu reciprocal relu relu6 reshape reshapeAs " +
    "resizeBilinear resizeNearestNeighbor rfft rsqrt selu separableConv2d sigmoid softmax softplus spaceToBatchND " +
    "squaredDifference squeeze stridedSlice toBool toFloat toInt topk transpose unsortedSegmentSum zerosLike"
  )
    .split(" ")
    .map((name) => [name, "own"] as const),
  ...(
    "abs cast greater less maximum mean minimum unstack acos acosh add all any asin asinh atan atan2 atanh ceil concat cos cosh div dot equal exp expm1 flatten " +
    "floor isFinite isInf isNaN log log1p max min mod mul neg norm pad pool pow prod reverse round sign sin sinh " +
    "slice split sqrt square stack step sub sum tan tanh tile unique where"
  )
    .split(" ")
    .map((name) => [name, "shared"] as const),
]);

/** Random functions of TensorFlow.js and where their seed stands among the arguments. */
export const seedPosition: ReadonlyMap<string, number> = new Map([
  ["dropout", 3],
  ["multinomial", 2],
  ["rand", Number.POSITIVE_INFINITY],
  ["randomGamma", 4],
  ["randomNormal", 4],
  ["randomStandardNormal", 2],
  ["randomUniform", 4],
  ["randomUniformInt", 3],
  ["truncatedNormal", 4],
]);

/** Written types that hold a tensor. */
export const tensorTypes: RegExp = /^(?:readonly )?(?:Tensor(?:[1-6]D)?(?:<.*>)?|Scalar|Variable(?:<.*>)?)$/;
