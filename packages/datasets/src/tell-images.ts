import type { OnProgress } from "@ltu/core";

/**
 * Counts bytes as they are read and tells the progress in whole images, once in a thousand of them and at the last.
 *
 * @param recordBytes - Bytes of one image with its labels.
 * @returns Is told how many bytes more were read.
 */
export function tellImages(
  task: string,
  {
    total,
    recordBytes,
    onProgress,
  }: { total: number; recordBytes: number; onProgress: OnProgress | undefined },
): (bytes: number) => void {
  let bytes = 0;
  let told = 0;
  return (more) => {
    bytes += more;
    const images = Math.min(total, Math.floor(bytes / recordBytes));
    if (images - told < 1000 && images < total) return;
    if (images === told) return;
    told = images;
    onProgress?.({ task, step: images, steps: total });
  };
}
