import { describe, expect, it } from "vitest";

import { decodeImage, type Picture } from "../../src/images/decode-image.ts";
import { readJpegFrame } from "../../src/images/jpeg-frame.ts";
import { rampJpeg } from "./small-pictures.ts";

/** 8x8 pixels of (200, 100, 50), stored as R, G and B behind an Adobe marker. */
const rgb = Buffer.from(
  "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAEQgACAAIA1IRAEcRAEIRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAkH/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAwDUgBHAEIAAD8ASBDxjv/Z",
  "base64",
);
/** 8x8 pixels of cyan 10, magenta 120, yellow 200 and black 30, stored as Adobe stores them: inverted. */
const cmyk = Buffer.from(
  "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAkF/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwB1FwbZhH//2Q==",
  "base64",
);
const start = rgb.subarray(0, 2);
const withoutAdobe = Buffer.concat([start, rgb.subarray(2 + 16)]);
const jfif = Buffer.from("ffe000104a46494600010100000100010000", "hex");
const withJfif = Buffer.concat([start, jfif, rgb.subarray(2)]);
/** Where the frame says how many bits, and 6, 9 and 12 bytes further what its channels are called. */
const frameOf = (bytes: Buffer): number => bytes.indexOf(Buffer.of(0xff, 0xc0)) + 4;
const numbered = Buffer.from(withoutAdobe);
for (const [i, at] of [6, 9, 12].entries()) numbered[frameOf(numbered) + at] = i + 1;

function expectColour({ data }: Picture, wanted: readonly number[]): void {
  data.forEach((value, i) => expect(Math.abs(value - (wanted[i % 3] as number))).toBeLessThanOrEqual(1));
}

describe("readJpegFrame", () => {
  it("tells red, green and blue by the Adobe marker, else by the names of channels, and never in a JFIF file", () => {
    expect(readJpegFrame(rgb)).toEqual({ bits: 8, storesRgb: true });
    expect(readJpegFrame(withoutAdobe).storesRgb).toBe(true);
    expect(readJpegFrame(Buffer.concat([start, Buffer.of(0xff), rgb.subarray(2)])).storesRgb).toBe(true);
    expect(readJpegFrame(withJfif).storesRgb).toBe(false);
    expect(readJpegFrame(numbered).storesRgb).toBe(false);
    const chroma = Buffer.from(rgb);
    chroma[17] = 1;
    expect(readJpegFrame(chroma).storesRgb).toBe(false);
    for (const bytes of [cmyk, rampJpeg.gray, rampJpeg.progressive]) {
      expect(readJpegFrame(bytes)).toEqual({ bits: 8, storesRgb: false });
    }
  });

  it("says what it can of a file that breaks off", () => {
    for (let length = 0; length < rgb.length; length++) {
      const { bits } = readJpegFrame(rgb.subarray(0, length));
      expect(bits === undefined || bits === 8).toBe(true);
    }
  });

  it("makes the decoder show the colours that libjpeg shows", async () => {
    expectColour(await decodeImage(rgb), [200, 100, 50]);
    expectColour(await decodeImage(withoutAdobe), [200, 100, 50]);
    // As Pillow shows it: (255 - 10) (255 - 30) / 255 = 216 and so on.
    expectColour(await decodeImage(cmyk), [216, 119, 49]);
    // The same bytes taken for luma 200, blue chroma 100 and red chroma 50.
    expectColour(await decodeImage(withJfif), [91, 255, 150]);
  });

  it("makes other than 8 bits an error", async () => {
    const twelve = Buffer.from(rampJpeg.gray);
    twelve[frameOf(twelve)] = 12;
    await expect(decodeImage(twelve)).rejects.toThrow(/^a JPEG of 12 bits, where 8 are read$/);
  });
});
