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
  mnist:
    "MNIST: 60,000 training and 10,000 test images of handwritten digits, 28x28 in gray, from a data folder",
  synthetic:
    "generated images with dials for class overlap, atypical images and wrong labels; needs no files",
} as const;

/** The name of a data set in {@link datasets}. */
export type DatasetName = keyof typeof datasets;
