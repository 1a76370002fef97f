import type { LoadedData } from "./loaded-data.ts";

/** One file of CIFAR-100's binary version as it must be once unpacked. */
export interface Cifar100File {
  readonly name: string;
  readonly part: "train" | "test";
  /** Images in the file. */
  readonly records: number;
  /** MD5 of the unpacked file. */
  readonly md5: string;
}

/** The two files of the official archive. */
export const cifar100Files: readonly Cifar100File[] = [
  { name: "train.bin", part: "train", records: 50_000, md5: "6172c7755cfe09b2fe270c85cebc1b15" },
  { name: "test.bin", part: "test", records: 10_000, md5: "4499cfba6c016c1be1438163640a0898" },
];

/** Bytes of one record: coarse label, fine label, then 1,024 red, 1,024 green and 1,024 blue pixels. */
export const cifar100RecordBytes: number = 2 + 3 * 1024;

/** CIFAR-100 with both kinds of labels; `dataset.labels` are the ones asked for. */
export interface Cifar100Data extends LoadedData {
  /** Labels in 0 to 99, one for each image of `dataset`. */
  readonly fineLabels: Int32Array;
  readonly fineClassNames: readonly string[];
  /** Labels in 0 to 19: the group of five fine classes that an image belongs to. */
  readonly coarseLabels: Int32Array;
  readonly coarseClassNames: readonly string[];
}

/** Columns that a {@link cifar100Decoder} fills. */
export interface Cifar100Columns {
  readonly pixels: Uint8Array;
  readonly fineLabels: Int32Array;
  readonly coarseLabels: Int32Array;
}

/** Turns records into columns as their bytes arrive, channels last; bytes after the last record are ignored. */
export function cifar100Decoder(
  { pixels, fineLabels, coarseLabels }: Cifar100Columns,
  { first, records }: { first: number; records: number },
): (piece: Uint8Array) => void {
  const record = new Uint8Array(cifar100RecordBytes);
  let held = 0;
  let done = 0;
  return (piece) => {
    let at = 0;
    while (at < piece.length && done < records) {
      const taken = Math.min(cifar100RecordBytes - held, piece.length - at);
      record.set(piece.subarray(at, at + taken), held);
      held += taken;
      at += taken;
      if (held < cifar100RecordBytes) return;
      held = 0;
      const image = first + done++;
      coarseLabels[image] = record[0] as number;
      fineLabels[image] = record[1] as number;
      let out = image * 3072;
      for (let red = 2; red < 1026; red++) {
        pixels[out++] = record[red] as number;
        pixels[out++] = record[red + 1024] as number;
        pixels[out++] = record[red + 2048] as number;
      }
    }
  };
}
