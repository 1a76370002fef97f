export { createBatches, type BatchOptions } from "./batch.ts";
export {
  cifar10ClassNames,
  cifar10Files,
  cifar10RecordBytes,
  parseCifar10Records,
  type Cifar10File,
  type Cifar10Records,
} from "./cifar10.ts";
export { contentHash, type ContentHashOptions, type Sha256 } from "./content-hash.ts";
export type { DatasetParts } from "./dataset-parts.ts";
export { datasets, type DatasetName } from "./datasets.ts";
export { fashionMiniHash, fashionMiniSizes, parseFashionMini } from "./fashion-mini.ts";
export {
  fashionMnistClassNames,
  fashionMnistFiles,
  parseFashionMnist,
  type FashionMnistBytes,
  type FashionMnistFile,
  type FashionMnistFiles,
} from "./fashion-mnist.ts";
export { forgetRandom, type ForgetRandomOptions } from "./forget-sets/random.ts";
export { encodeIdx, parseIdx, type IdxArray } from "./idx.ts";
export { createLoadedData, type LoadedData, type LoadedDataSource } from "./loaded-data.ts";
export { channelStatistics, normalization, type Normalization } from "./normalization.ts";
export { cutSplits, type SplitOptions, type Splits } from "./splits.ts";
export { synthetic, type SyntheticData, type SyntheticOptions } from "./synthetic.ts";
