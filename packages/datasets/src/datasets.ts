/** The data sets that this package reads or makes, by the name a user types, with one line about each. */
export const datasets = {
  cifar10:
    "CIFAR-10: 50,000 training and 10,000 test images of ten kinds of things, 32x32 in colour, from a data folder",
  cifar100:
    "CIFAR-100: 50,000 training and 10,000 test images of a hundred kinds of things, 32x32 in colour, from a data folder",
  "fashion-mini":
    "4,000 training, 1,000 validation and 2,000 test images of Fashion-MNIST that come with this package",
  "fashion-mnist":
    "Fashion-MNIST: 60,000 training and 10,000 test images of ten kinds of clothes, 28x28 in gray, from a data folder",
  "image-folder": "your own pictures: a data folder with one sub-folder a class, PNG and JPEG of any size",
  mnist:
    "MNIST: 60,000 training and 10,000 test images of handwritten digits, 28x28 in gray, from a data folder",
  synthetic:
    "generated images with dials for class overlap, atypical images, wrong labels and duplicates; needs no files",
  "tiny-imagenet-20":
    "20 classes of Tiny-ImageNet: 2,000 training, 500 validation and 500 test images, 64x64 in colour, from a data folder",
  "tiny-imagenet-200":
    "Tiny-ImageNet: 100,000 training, 5,000 validation and 5,000 test images of 200 classes, 64x64 in colour, from a data folder",
} as const;

/** The name of a data set in {@link datasets}. */
export type DatasetName = keyof typeof datasets;
