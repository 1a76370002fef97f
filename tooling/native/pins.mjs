/**
 * What `npm run native` fetches, by name, version and SHA-256. One entry for each package and processor.
 *
 * The wheel is always the one for CPython 3.11: only its C++ libraries and headers are used, so the machine's
 * own Python may be another version.
 */
export const packages = {
  cpu: "@tensorflow/tfjs-node",
  gpu: "@tensorflow/tfjs-node-gpu",
};

/** TensorFlow wheels of the Python package index. */
export const wheels = {
  "cpu-x64": {
    name: "tensorflow-cpu",
    version: "2.20.0",
    platforms: ["manylinux_2_17_x86_64", "manylinux2014_x86_64"],
    sha256: "cf756bbe2d256e942ab5d0ad2c858fb40017581494febdb4387c149b1afde780",
    megabytes: 247,
  },
  "cpu-arm64": {
    name: "tensorflow",
    version: "2.20.0",
    platforms: ["manylinux_2_17_aarch64", "manylinux2014_aarch64"],
    sha256: "3e9568c8efcb05c0266be223e3269c62ebf7ad3498f156438311735f6fa5ced5",
    megabytes: 250,
  },
  "gpu-x64": {
    name: "tensorflow",
    version: "2.20.0",
    platforms: ["manylinux_2_17_x86_64", "manylinux2014_x86_64"],
    sha256: "481499fd0f824583de8945be61d5e827898cdaa4f5ea1bc2cc28ca2ccff8229e",
    megabytes: 592,
  },
};

/** The archives that the packages' own install scripts download (LIBTENSORFLOW_VERSION there). */
export const vendorArchives = {
  "cpu-x64": {
    version: "2.9.1",
    path: "tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz",
    sha256: "7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173",
  },
};

/** The vendor's storage host; its own environment variable for a mirror is respected. */
export const vendorHost = process.env.TFJS_NODE_CDN_STORAGE ?? "https://storage.googleapis.com/";
