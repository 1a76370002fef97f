export { downloadCifar10, type DownloadCifar10Options } from "./download-cifar10.ts";
export { findAllData, findData, type FoundData } from "./find-data.ts";
export type { LoadImageFolderOptions } from "./image-folder/image-folder-options.ts";
export { loadImageFolder, type ImageFolderData } from "./image-folder/load-image-folder.ts";
export type { SkippedImage } from "./images/decode-all.ts";
export { loadCifar10, type LoadCifar10Options } from "./load-cifar10.ts";
export { cifar100Archive, loadCifar100, type LoadCifar100Options } from "./load-cifar100.ts";
export { loadFashionMini } from "./load-fashion-mini.ts";
export { loadFashionMnist, type LoadFashionMnistOptions } from "./load-fashion-mnist.ts";
export { loadMnist, type LoadMnistOptions } from "./load-mnist.ts";
export { cifar10Archive } from "./locate-cifar10.ts";
export { loadTinyImagenet, type LoadTinyImagenetOptions } from "./tiny-imagenet/load-tiny-imagenet.ts";
export type { TinyImagenetSplit } from "./tiny-imagenet/tiny-imagenet-files.ts";
export {
  tinyImagenet20,
  tinyImagenet200,
  tinyImagenetArchive,
  type TinyImagenetArchive,
  type TinyImagenetVariant,
} from "./tiny-imagenet/tiny-imagenet.ts";
