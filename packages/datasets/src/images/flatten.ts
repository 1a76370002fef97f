import type { Picture } from "./decode-image.ts";

/**
 * A picture as red, green and blue, or as gray: channels last, one byte a number.
 *
 * Alpha is laid on white: `round(v a / 255 + (255 - a))`. Gray is `round((299 r + 587 g + 114 b) / 1000)`, the luma of
 * ITU-R 601-2 that Pillow's mode L uses; gray pictures have the same value in all three channels.
 *
 * *Differs from torchvision in* alpha: there it is cut off, and what lies under transparent pixels shows.
 */
export function flatten({ width, height, channels, data }: Picture, wanted: 1 | 3): Uint8Array {
  if (channels === 3 && wanted === 3) return data;
  const flat = new Uint8Array(width * height * wanted);
  let out = 0;
  for (let from = 0; from < width * height * channels; from += channels) {
    let red = data[from] as number;
    let green = data[from + 1] as number;
    let blue = data[from + 2] as number;
    const alpha = channels === 4 ? (data[from + 3] as number) : 255;
    if (alpha < 255) {
      red = onWhite(red, alpha);
      green = onWhite(green, alpha);
      blue = onWhite(blue, alpha);
    }
    if (wanted === 1) {
      flat[out++] = Math.round((299 * red + 587 * green + 114 * blue) / 1000);
    } else {
      flat[out++] = red;
      flat[out++] = green;
      flat[out++] = blue;
    }
  }
  return flat;
}

function onWhite(value: number, alpha: number): number {
  return Math.round((value * alpha) / 255 + (255 - alpha));
}
