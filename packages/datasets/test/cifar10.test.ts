import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cifar10ClassNames, cifar10Columns, cifar10Decoder, cifar10RecordBytes } from "../src/cifar10.ts";
import { parseCifar10Records } from "../src/index.ts";
import { smallFiles, smallRecords } from "./small-cifar10.ts";

const record = (label: number, red: number, green: number, blue: number): Uint8Array => {
  const bytes = new Uint8Array(cifar10RecordBytes);
  bytes[0] = label;
  bytes.fill(red, 1, 1025);
  bytes.fill(green, 1025, 2049);
  bytes.fill(blue, 2049);
  return bytes;
};

describe("parseCifar10Records", () => {
  it("puts the colour planes of an image next to each other, pixel by pixel", () => {
    const first = record(6, 10, 20, 30);
    first[1 + 33] = 11; // red of row 1, column 1
    const { dataset, parts } = parseCifar10Records({ train: [first], test: [record(9, 1, 2, 3)] });
    expect([...dataset.pixels.subarray(0, 6)]).toEqual([10, 20, 30, 10, 20, 30]);
    expect([...dataset.pixels.subarray(33 * 3, 33 * 3 + 3)]).toEqual([11, 20, 30]);
    expect([...dataset.labels]).toEqual([6, 9]);
    expect([...parts.train, ...parts.test]).toEqual([0, 1]);
    expect(dataset.classNames[6]).toBe("frog");
    expect(dataset.imageShape).toEqual([32, 32, 3]);
  });

  it("refuses a file that is no whole number of records, and a label that is no class", () => {
    const test = [record(0, 1, 2, 3)];
    expect(() => parseCifar10Records({ train: [new Uint8Array(3000)], test })).toThrow(
      /multiple of 3073 bytes in file 1 of 2, found 3000; unpack/,
    );
    expect(() => parseCifar10Records({ train: [record(10, 1, 2, 3)], test })).toThrow(
      /labels from 0 to 9, found 10 for image 0/,
    );
  });
});

describe("cifar10Decoder", () => {
  it("gives the same columns however the bytes are cut into pieces", () => {
    const bytes = Buffer.concat([...smallFiles.values()]);
    const records = smallRecords * smallFiles.size;
    const whole = cifar10Columns(records);
    cifar10Decoder(whole, { first: 0, records })(bytes);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 20 }),
        fc.nat(4000),
        (cuts, extra) => {
          const columns = cifar10Columns(records);
          const decode = cifar10Decoder(columns, { first: 0, records });
          const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
          for (let i = 1; i < edges.length; i++) decode(bytes.subarray(edges[i - 1], edges[i]));
          decode(new Uint8Array(extra).fill(255)); // bytes after the last record are ignored
          expect(Buffer.compare(columns.pixels, whole.pixels)).toBe(0);
          expect(columns.labels).toEqual(whole.labels);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("writes where it is told and nowhere else", () => {
    const columns = cifar10Columns(3);
    cifar10Decoder(columns, { first: 1, records: 1 })(record(4, 7, 8, 9));
    expect([...columns.labels]).toEqual([0, 4, 0]);
    expect(columns.pixels.subarray(0, 3072).some((value) => value !== 0)).toBe(false);
    expect(columns.pixels.subarray(6144).some((value) => value !== 0)).toBe(false);
  });

  it("names ten classes", () => {
    expect(cifar10ClassNames).toHaveLength(10);
  });
});
