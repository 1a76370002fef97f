// How long Tiny-ImageNet takes to become pixels, and how much memory that takes beside them.
//   node --conditions=@ltu/source --import tsx packages/datasets/bench/decode.mjs FOLDER [tiny-imagenet-20|tiny-imagenet-200]
// Reads the archive in FOLDER, or the unpacked folder, without its cache of decoded images. Prints seconds of the processor, the
// bytes of all pixels, and the most that arrays and the process held. Ends with code 1 where arrays held a second copy.
import { loadTinyImagenet, tinyImagenet20, tinyImagenet200 } from "@ltu/datasets/node";

const [folder, name = "tiny-imagenet-20"] = process.argv.slice(2);
const variant = [tinyImagenet20, tinyImagenet200].find((known) => known.name === name);
if (folder === undefined || variant === undefined) {
  process.stderr.write("give the data folder, and tiny-imagenet-20 or tiny-imagenet-200\n");
  process.exit(2);
}
const megabytes = (bytes) => `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
let arrays = 0;
const onProgress = () => {
  arrays = Math.max(arrays, process.memoryUsage().arrayBuffers);
};
const { dataset } = await loadTinyImagenet(folder, { variant, cache: false, onProgress });
const { user, system } = process.cpuUsage();
const pixels = dataset.pixels.length;
process.stdout.write(
  `${dataset.size.toLocaleString("en")} images in ${((user + system) / 1e6).toFixed(1)} s of the processor; pixels ${megabytes(pixels)}, ` +
    `all arrays at most ${megabytes(arrays)}, the process at most ${megabytes(process.resourceUsage().maxRSS * 1024)}\n`,
);
if (arrays >= 2 * pixels) process.exitCode = 1;
