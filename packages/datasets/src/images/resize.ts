/** A picture's pixels, channels last, and their sides. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Where a resized picture goes. */
export interface ResizeTarget {
  /** Receives `height * width * channels` bytes from `start` on. */
  readonly out: Uint8Array;
  readonly start: number;
  readonly height: number;
  readonly width: number;
  /** What happens to pictures of other proportions: the middle is cut out, or they are stretched; or none may need it. */
  readonly fit: "crop" | "stretch" | "exact";
}

/** One side of a resized picture: pixel i is the sum of `taps` values from `first[i]` on, times `weights`. */
interface Side {
  readonly first: Int32Array;
  readonly taps: number;
  readonly weights: Float64Array;
}

/**
 * Resizes a picture straight into the pixels of a data set: bilinear, with the average over the area of a pixel where it
 * shrinks.
 *
 * Each side alone: for a scale s = from / to, output pixel i has its centre at c = (i + 1/2) s and takes input pixel j with a
 * weight of max(0, 1 - |j + 1/2 - c| / max(1, s)), weights summed to 1. That is the rule of Pillow's
 * BILINEAR and of torchvision's `Resize(antialias=True)`, which round in between; here only the result is rounded. A picture of
 * the right size is copied.
 *
 * With `fit: "crop"` the largest middle part of the wanted proportions is taken first.
 *
 * @throws Error with what was found, for `fit: "exact"` and a picture of another size.
 */
export function resize(picture: Pixels, { out, start, height, width, fit }: ResizeTarget): void {
  const { data, channels } = picture;
  if (picture.width === width && picture.height === height) {
    out.set(data.subarray(0, height * width * channels), start);
    return;
  }
  if (fit === "exact") {
    throw new Error(`a picture of ${picture.width}x${picture.height} in place of ${width}x${height}`);
  }
  const scale = Math.min(picture.width / width, picture.height / height);
  const columns = side(picture.width, width, fit === "crop" ? scale : picture.width / width);
  const rows = side(picture.height, height, fit === "crop" ? scale : picture.height / height);
  const top = rows.first[0] as number;
  const bottom = (rows.first[height - 1] as number) + rows.taps;

  // Rows first come in at their full number and leave `width` wide.
  const narrow = new Float64Array((bottom - top) * width * channels);
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * picture.width + (columns.first[x] as number)) * channels;
      const to = ((y - top) * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < columns.taps; tap++) {
          const weight = columns.weights[x * columns.taps + tap] as number;
          sum += weight * (data[from + tap * channels + channel] as number);
        }
        narrow[to + channel] = sum;
      }
    }
  }
  const line = width * channels;
  for (let y = 0; y < height; y++) {
    const from = ((rows.first[y] as number) - top) * line;
    for (let x = 0; x < line; x++) {
      let sum = 0;
      for (let tap = 0; tap < rows.taps; tap++) {
        sum += (rows.weights[y * rows.taps + tap] as number) * (narrow[from + tap * line + x] as number);
      }
      out[start + y * line + x] = Math.round(sum);
    }
  }
}

/** The weights of one side; the part that is read lies in the middle of it. */
function side(from: number, to: number, scale: number): Side {
  const reach = Math.max(1, scale);
  const taps = Math.min(from, Math.ceil(2 * reach) + 1);
  const offset = (from - to * scale) / 2;
  const first = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = offset + (i + 0.5) * scale;
    const start = Math.min(from - taps, Math.max(0, Math.floor(centre - reach)));
    first[i] = start;
    const own = weights.subarray(i * taps, (i + 1) * taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      own[tap] = Math.max(0, 1 - Math.abs(start + tap + 0.5 - centre) / reach);
      sum += own[tap] as number;
    }
    for (let tap = 0; tap < taps; tap++) own[tap] = (own[tap] as number) / sum;
  }
  return { first, taps, weights };
}
