import { decode as decodeJpeg } from "jpeg-js";
import { PNG } from "pngjs";

import { readJpegFrame } from "./jpeg-frame.ts";

/** Pixels of one decoded picture: red, green and blue, or these and alpha, in 0 to 255. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Uint8Array;
}

/** Pictures above this many pixels are refused before anything is unpacked. */
const maxMegapixels = 100;
const pngSignature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

/**
 * Decodes a PNG or JPEG picture, told apart by its first bytes, not by its name.
 *
 * PNG: every kind (gray, colour, palette, alpha, 1 to 16 bits, interlaced); v of b bits becomes
 * `round(255 v / (2^b - 1))`, palettes become colours, and checksums must hold. JPEG: baseline and progressive, 8 bits,
 * gray, YCbCr, RGB and CMYK. Orientation tags and colour profiles are not looked at.
 *
 * *Differs from libjpeg (which Pillow and torchvision use) in* chroma, which is repeated and not interpolated where it is
 * stored at half size: on Tiny-ImageNet about 1 of 255 on average, more at coloured edges.
 *
 * @throws Error with a reason as the end of a sentence, such as "a file that is neither PNG nor JPEG".
 */
export async function decodeImage(bytes: Uint8Array): Promise<Picture> {
  if (pngSignature.every((byte, i) => bytes[i] === byte)) return decodePng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return decodedJpeg(bytes);
  throw new Error(bytes.length === 0 ? "an empty file" : "a file that is neither PNG nor JPEG");
}

async function decodePng(bytes: Uint8Array): Promise<Picture> {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 33) throw new Error("a PNG that breaks off");
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  if (width * height > maxMegapixels * 1e6) {
    throw new Error(`a PNG of ${width}x${height}, above ${maxMegapixels} megapixels`);
  }
  return new Promise((resolve, reject) => {
    new PNG().parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
      (error: Error | null, png: PNG) => {
        if (error) reject(damaged("PNG", error));
        else resolve({ width: png.width, height: png.height, channels: 4, data: png.data });
      },
    );
  });
}

function decodedJpeg(bytes: Uint8Array): Picture {
  const { bits, storesRgb } = readJpegFrame(bytes);
  if (bits !== undefined && bits !== 8) throw new Error(`a JPEG of ${bits} bits, where 8 are read`);
  try {
    const { width, height, data } = decodeJpeg(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: maxMegapixels,
      maxMemoryUsageInMB: 2048,
      // Left alone, the library takes three channels for luma and chroma whatever the file says.
      ...(storesRgb ? { colorTransform: false } : {}),
    });
    return { width, height, channels: 3, data };
  } catch (cause) {
    throw damaged("JPEG", cause);
  }
}

function damaged(format: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`a ${format} that does not decode (${reason})`, { cause });
}
