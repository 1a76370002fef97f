import { crc32, deflateSync } from "node:zlib";

/** What a PNG of a test is made of. */
export interface SmallPng {
  readonly width: number;
  readonly height: number;
  /** 0 gray, 2 colour, 3 palette, 4 gray and alpha, 6 colour and alpha. */
  readonly colorType: 0 | 2 | 3 | 4 | 6;
  readonly depth?: 1 | 2 | 4 | 8 | 16;
  /** Samples of all pixels, row after row. */
  readonly samples: readonly number[];
  /** Three numbers a colour. */
  readonly palette?: readonly number[];
  /** The `tRNS` chunk. */
  readonly transparency?: readonly number[];
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}

/** A PNG by the book (no filter, no interlace), written apart from the library that reads it. */
export function encodePng({
  width,
  height,
  colorType,
  depth = 8,
  samples,
  palette,
  transparency,
}: SmallPng): Uint8Array {
  const perLine = samples.length / height;
  const lines = Array.from({ length: height }, (_, y) => {
    const line = samples.slice(y * perLine, (y + 1) * perLine);
    const bits = line.map((sample) => sample.toString(2).padStart(depth, "0")).join("");
    const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0").match(/.{8}/g) ?? [];
    return [0, ...bytes.map((byte) => Number.parseInt(byte, 2))];
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = depth;
  header[9] = colorType;
  return Buffer.concat([
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette))] : []),
    ...(transparency ? [chunk("tRNS", Uint8Array.from(transparency))] : []),
    chunk("IDAT", deflateSync(Uint8Array.from(lines.flat()))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** A gray or coloured PNG of one value in all pixels. */
export function plainPng(value: number | readonly [number, number, number], side = 4): Uint8Array {
  const gray = typeof value === "number";
  const samples = Array.from({ length: side * side }, () => value).flat() as number[];
  return encodePng({ width: side, height: side, colorType: gray ? 0 : 2, samples });
}

/** The gray ramp 0, 32, 64 ... 224 in each of 8 rows, as a JPEG with one channel, and as a progressive one in colour. */
export const rampJpeg: { readonly gray: Uint8Array; readonly progressive: Uint8Array } = {
  gray: Buffer.from(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMDAwMDAwQEBAQFBQUFBQcHBgYHBwsICQgJCAsRCwwLCwwLEQ8SDw4PEg8bFRMTFRsfGhkaHyYiIiYwLTA+PlT/wAALCAAIAAgBAREA/8QAKQABAAAAAAAAAAAAAAAAAAAABhAAAwEAAAAAAAAAAAAAAAAAAAhEgv/aAAgBAQAAPwAonsGD/9k=",
    "base64",
  ),
  progressive: Buffer.from(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAAMDAwMDAwQEBAQFBQUFBQcHBgYHBwsICQgJCAsRCwwLCwwLEQ8SDw4PEg8bFRMTFRsfGhkaHyYiIiYwLTA+PlQBAwMDAwMDBAQEBAUFBQUFBwcGBgcHCwgJCAkICxELDAsLDAsRDxIPDg8SDxsVExMVGx8aGRofJiIiJjAtMD4+VP/CABEIAAgACAMBEQACEQEDEQH/xAAmAAEAAAAAAAAAAAAAAAAAAAAGAQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIQAxAAAAAof//EABcQAAMBAAAAAAAAAAAAAAAAAAAIRIL/2gAIAQEAAT8AT2DB/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAgEBPwB//8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAwEBPwB//9k=",
    "base64",
  ),
};
