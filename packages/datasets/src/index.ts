export { createBatches, type BatchOptions } from "./batch.ts";
export {
  cifar10ClassNames,
  cifar10Files,
  cifar10RecordBytes,
  parseCifar10Records,
  type Cifar10File,
  type Cifar10Records,
} from "./cifar10.ts";
export { cifar100Files, cifar100RecordBytes, type Cifar100Data, type Cifar100File } from "./cifar100.ts";
export {
  cifar10Groups,
  withCoarseLabels,
  withLabels,
  type ClassGroups,
  type CoarseData,
} from "./coarse-labels.ts";
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
export { classForget, type ClassForgetOptions } from "./forget-sets/class-forget.ts";
export { duplicatesOf, type DuplicatesOf, type DuplicatesOfOptions } from "./forget-sets/duplicates-of.ts";
export {
  memorisationStratum,
  type MemorisationStratumOptions,
  type Stratum,
} from "./forget-sets/memorisation-stratum.ts";
export { mislabelled, type MislabelledOptions } from "./forget-sets/mislabelled.ts";
export { nearNeighbours, type NearNeighboursOptions } from "./forget-sets/near-neighbours.ts";
export { meanNeighbourCosine, overlap, type OverlapOptions } from "./forget-sets/overlap.ts";
export { poisonLabels, type PoisonedLabels, type PoisonLabelsOptions } from "./forget-sets/poison-labels.ts";
export { randomForget, type RandomForgetOptions } from "./forget-sets/random-forget.ts";
export {
  requestStream,
  type ForgetRequest,
  type RequestStreamOptions,
} from "./forget-sets/request-stream.ts";
export { subClassForget, type SubClassForgetOptions } from "./forget-sets/sub-class-forget.ts";
export type { Features } from "./forget-sets/unit-rows.ts";
export { worstCase, type WorstCaseOptions } from "./forget-sets/worst-case.ts";
export { fromArrays, type ArraySource, type ImageArray } from "./from-arrays.ts";
export type { IdxBytes, IdxFile, IdxFiles } from "./idx-images.ts";
export { encodeIdx, parseIdx, type IdxArray } from "./idx.ts";
export { createLoadedData, type LoadedData, type LoadedDataSource } from "./loaded-data.ts";
export { mnistClassNames, mnistFiles, parseMnist } from "./mnist.ts";
export { channelStatistics, normalization, type Normalization } from "./normalization.ts";
export { cutSplits, type SplitOptions, type Splits } from "./splits.ts";
export { synthetic, type SyntheticData, type SyntheticOptions } from "./synthetic.ts";
