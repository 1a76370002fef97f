import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";

import { createRng } from "@ltu/core";

/** A gray PNG of 8x8 pixels. */
function grayPng(pixels: Uint8Array): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Uint8Array => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const bytes = Buffer.alloc(body.length + 8);
    bytes.writeUInt32BE(data.length, 0);
    body.copy(bytes, 4);
    bytes.writeUInt32BE(crc32(body), body.length + 4);
    return bytes;
  };
  const lines = Array.from({ length: 8 }, (_, y) => [0, ...pixels.subarray(8 * y, 8 * y + 8)]);
  return Buffer.concat([
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", Uint8Array.of(0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0)),
    chunk("IDAT", deflateSync(Uint8Array.from(lines.flat()))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** A folder of pictures with two classes, cats dark and dogs bright, so noisy that a model learns some by heart. */
export function drawPictures(folder: string, eachClass: number): void {
  const rng = createRng(1);
  for (const [className, bright] of [
    ["cats", 20],
    ["dogs", 60],
  ] as const) {
    mkdirSync(join(folder, className), { recursive: true });
    for (let i = 0; i < eachClass; i++) {
      const pixels = Uint8Array.from({ length: 64 }, () => bright + rng.integer(170));
      writeFileSync(join(folder, className, `${i}.png`), grayPng(pixels));
    }
  }
}
