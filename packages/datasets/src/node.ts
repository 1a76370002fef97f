export { loadCifar10, type LoadCifar10Options } from "./load-cifar10.ts";
export { cifar10Archive } from "./locate-cifar10.ts";
