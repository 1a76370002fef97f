import util from "node:util";
import { createRequire } from "node:module";

// Run in a process of its own by `native.mjs --check`: loads the addon, multiplies two matrices and prints what was
// found as one line of JSON. Arguments: the package, and the file from which it is resolved.
const [name, from] = process.argv.slice(2);
process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
// tfjs-node 4.22.0 calls both. The first is gone since Node 23, and Node 22 warns of both.
util.isNullOrUndefined = (value) => value === null || value === undefined;
util.isArray = Array.isArray;
const { log, warn } = console;
console.log = console.warn = () => {};
const require = createRequire(from);
const tf = require(name);
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
const numbers = Array.from(product.dataSync());
const backend = tf.backend();
console.log = log;
console.warn = warn;
console.log(
  JSON.stringify({
    node: process.version,
    package: `${name}@${tf.version["tfjs-node"]}`,
    libtensorflow: backend.binding.TF_Version,
    device: backend.isUsingGpuDevice ? "gpu" : "cpu",
    matMul: numbers,
    right: numbers.join() === "19,22,43,50",
  }),
);
