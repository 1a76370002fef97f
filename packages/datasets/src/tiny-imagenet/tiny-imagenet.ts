/** Tiny-ImageNet, or some classes of it, as files must hold it. */
export interface TinyImagenetVariant {
  /** The name of the data set. */
  readonly name: string;
  readonly classes: number;
  /** Training images of each class: its files 0 to this less one. */
  readonly trainPerClass: number;
  /** Images of each class in the official validation set. */
  readonly valPerClass: number;
  /** Which classes, by their WordNet identifiers. Default: those of `wnids.txt`. */
  readonly wnids?: readonly string[];
  /** The archives that hold it. */
  readonly archives: readonly TinyImagenetArchive[];
  /** Sum of the pictures and their labels, to check an unpacked folder by; see {@link loadTinyImagenet}. */
  readonly sha256?: string;
}

/** An archive in the official layout. */
export interface TinyImagenetArchive {
  readonly name: string;
  readonly bytes: number;
  readonly md5: string;
}

/** The official archive. */
export const tinyImagenetArchive: TinyImagenetArchive & { readonly url: string } = {
  name: "tiny-imagenet-200.zip",
  url: "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
  bytes: 248_100_043,
  md5: "90528d7ca1a48142e341f4ef8d21d0de",
};

/** Tiny-ImageNet: 200 classes, 500 training and 50 validation images of each; its test images have no labels. */
export const tinyImagenet200: TinyImagenetVariant = {
  name: "tiny-imagenet-200",
  classes: 200,
  trainPerClass: 500,
  valPerClass: 50,
  archives: [tinyImagenetArchive],
};

/** Twenty classes of Tiny-ImageNet, of each the first 100 training images and all 50 validation images. */
export const tinyImagenet20: TinyImagenetVariant = {
  name: "tiny-imagenet-20",
  classes: 20,
  trainPerClass: 100,
  valPerClass: 50,
  wnids: [
    "n01443537",
    "n01784675",
    "n02002724",
    "n02123045",
    "n02231487",
    "n02410509",
    "n02669723",
    "n02814533",
    "n02909870",
    "n03026506",
    "n03255030",
    "n03584254",
    "n03770439",
    "n03937543",
    "n04070727",
    "n04259630",
    "n04398044",
    "n04532670",
    "n07615774",
    "n07871810",
  ],
  archives: [
    {
      name: "tiny-imagenet-20c-100.tar.gz",
      bytes: 4_942_737,
      md5: "fc75287f981bd30f616659f9b88226b9",
    },
    tinyImagenetArchive,
  ],
  sha256: "fa7059f555129ed11aa8a4b601296176e96c4d4e23f2a31a50818c0d6b3fd8b9",
};
