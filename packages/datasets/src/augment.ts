import type { Rng } from "@ltu/core";

/** Pixels of zero padding on each side before the random crop. */
const padding = 4;

/** How one image is shown: shifted by whole pixels, and perhaps mirrored. */
export interface CropFlip {
  /** Row and column of the padded image where the crop begins, each from 0 to 8; 4 is the middle. */
  readonly top: number;
  readonly left: number;
  readonly flipped: boolean;
}

/** The crop and flip of one image: one whole-number draw, every case equally likely. */
export function drawCropFlip(rng: Rng): CropFlip {
  const offsets = 2 * padding + 1;
  const draw = rng.integer(offsets * offsets * 2);
  const cell = draw >> 1;
  return { top: Math.floor(cell / offsets), left: cell % offsets, flipped: (draw & 1) === 1 };
}

/**
 * Random crop after zero padding by 4 pixels, then horizontal flip: `RandomCrop(size, padding=4)` and
 * `RandomHorizontalFlip()` of torchvision, on typed arrays.
 *
 * @param out - Receives the image in [0, 1] from `outStart` on; must be zero there.
 * @param imageShape - `[height, width, channels]`.
 */
export function cropFlip(
  image: { readonly pixels: Uint8Array; readonly start: number },
  out: { readonly values: Float32Array; readonly start: number },
  { crop, imageShape }: { readonly crop: CropFlip; readonly imageShape: readonly [number, number, number] },
): void {
  const [height, width, channels] = imageShape;
  const down = crop.top - padding;
  const right = crop.left - padding;
  const firstX = Math.max(0, -right);
  const lastX = Math.min(width, width - right);
  const { pixels } = image;
  const { values } = out;
  for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
    let from = image.start + ((y + down) * width + firstX + right) * channels;
    const row = out.start + y * width * channels;
    if (!crop.flipped) {
      let to = row + firstX * channels;
      for (const end = row + lastX * channels; to < end;)
        values[to++] = unit[pixels[from++] as number] as number;
      continue;
    }
    for (let x = firstX; x < lastX; x++) {
      let to = row + (width - 1 - x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        values[to++] = unit[pixels[from++] as number] as number;
      }
    }
  }
}

/** An image as it is, in [0, 1]. */
export function inUnit(
  image: { readonly pixels: Uint8Array; readonly start: number },
  out: { readonly values: Float32Array; readonly start: number },
  length: number,
): void {
  const { pixels } = image;
  const { values } = out;
  let from = image.start;
  for (let to = out.start, end = to + length; to < end;) {
    values[to++] = unit[pixels[from++] as number] as number;
  }
}

/** A byte as a number in [0, 1]. */
const unit: Float32Array = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
