import { describe, expect, it } from "vitest";

import { decodeImage } from "../../src/images/decode-image.ts";
import { flatten } from "../../src/images/flatten.ts";
import { encodePng, plainPng, rampJpeg, type SmallPng } from "./small-pictures.ts";

const colours = async (png: SmallPng): Promise<number[]> => [
  ...flatten(await decodeImage(encodePng(png)), 3),
];

describe("decodeImage", () => {
  it("reads gray PNGs of every depth: v of b bits is 255 v / (2^b - 1), rounded", async () => {
    for (const depth of [1, 2, 4, 8, 16] as const) {
      const highest = 2 ** depth - 1;
      const samples = [0, highest, Math.floor(highest / 2), 1];
      const wanted = samples.map((v) => Math.round((255 * v) / highest)).flatMap((v) => [v, v, v]);
      expect(await colours({ width: 2, height: 2, colorType: 0, depth, samples })).toEqual(wanted);
    }
  });

  it("reads colour of 8 and 16 bits", async () => {
    expect(await colours({ width: 1, height: 1, colorType: 2, samples: [1, 2, 250] })).toEqual([1, 2, 250]);
    const samples = [257, 65_535, 128 * 257 + 100];
    expect(await colours({ width: 1, height: 1, colorType: 2, depth: 16, samples })).toEqual([1, 255, 128]);
  });

  it("expands palettes, also those with fewer than 8 bits and with transparent colours", async () => {
    const palette = [255, 0, 0, 0, 0, 255];
    const png = { width: 3, height: 1, colorType: 3, depth: 1, samples: [1, 0, 1], palette } as const;
    expect(await colours(png)).toEqual([0, 0, 255, 255, 0, 0, 0, 0, 255]);
    expect(await colours({ ...png, transparency: [255, 0] })).toEqual([
      255, 255, 255, 255, 0, 0, 255, 255, 255,
    ]);
  });

  it("lays alpha on white", async () => {
    const gray = { width: 2, height: 1, colorType: 4, samples: [0, 255, 100, 0] } as const;
    expect(await colours(gray)).toEqual([0, 0, 0, 255, 255, 255]);
    // 51 / 255 is a fifth: 0.2 x 10 + 0.8 x 255 = 206.
    const colour = { width: 1, height: 1, colorType: 6, samples: [10, 255, 0, 51] } as const;
    expect(await colours(colour)).toEqual([206, 255, 204]);
  });

  it("reads JPEGs, with one channel and progressive", async () => {
    for (const bytes of [rampJpeg.gray, rampJpeg.progressive]) {
      const picture = await decodeImage(bytes);
      expect([picture.width, picture.height]).toEqual([8, 8]);
      const flat = flatten(picture, 3);
      // JPEG is lossy: within 2 of the ramp it was made from.
      flat.forEach((value, i) =>
        expect(Math.abs(value - 32 * (Math.floor(i / 3) % 8))).toBeLessThanOrEqual(2),
      );
      expect([...flatten(picture, 1)]).toEqual([...flat].filter((_, i) => i % 3 === 0));
    }
  });

  it("gives gray as luma", async () => {
    const picture = await decodeImage(plainPng([200, 100, 50], 1));
    // (299 x 200 + 587 x 100 + 114 x 50) / 1000 = 124.2
    expect([...flatten(picture, 1)]).toEqual([124]);
  });

  it("says why a file does not decode", async () => {
    const png = plainPng(7);
    const flipped = Uint8Array.from(png, (byte, i) => (i === 45 ? byte ^ 1 : byte));
    const huge = Buffer.from(png);
    huge.writeUInt32BE(20_000, 16);
    huge.writeUInt32BE(20_000, 20);
    const cases: [Uint8Array, RegExp][] = [
      [new Uint8Array(0), /^an empty file$/],
      [Buffer.from("hello, I am no picture"), /^a file that is neither PNG nor JPEG$/],
      [Buffer.from("GIF89a"), /neither PNG nor JPEG/],
      [png.subarray(0, 20), /^a PNG that breaks off$/],
      [png.subarray(0, png.length - 20), /^a PNG that does not decode \(/],
      [flipped, /^a PNG that does not decode \(/],
      [huge, /^a PNG of 20000x20000, above 100 megapixels$/],
      [rampJpeg.gray.subarray(0, 100), /^a JPEG that does not decode \(/],
      [rampJpeg.gray.subarray(0, 150), /^a JPEG that does not decode \(/],
    ];
    for (const [bytes, message] of cases) await expect(decodeImage(bytes)).rejects.toThrow(message);
  });

  it("notices a picture that breaks off anywhere", async () => {
    for (const whole of [plainPng([3, 4, 5]), rampJpeg.gray, rampJpeg.progressive]) {
      for (let length = 0; length < whole.length; length++) {
        await expect(decodeImage(whole.subarray(0, length)), `${length} bytes`).rejects.toThrow();
      }
    }
  });
});
