/** What a JPEG says of itself and its decoder does not look at. */
export interface JpegFrame {
  /** Bits of each sample; `undefined` where no frame begins before the first scan. */
  readonly bits: number | undefined;
  /** Whether the three channels are red, green and blue as they stand; most hold luma and two of chroma. */
  readonly storesRgb: boolean;
}

/**
 * Reads the head of a JPEG.
 *
 * What channels are is told by the rule of libjpeg: a JFIF file holds luma and chroma; else an Adobe marker tells, by a
 * transform of 0; else channels that are called R, G and B are so.
 *
 * @param bytes - A JPEG; of one that is damaged, what can be read is told.
 */
export function readJpegFrame(bytes: Uint8Array): JpegFrame {
  let isJfif = false;
  let transform: number | undefined;
  let bits: number | undefined;
  let channels = "";
  for (const { marker, body } of segments(bytes)) {
    const text = String.fromCharCode(...body.subarray(0, 5));
    if (marker === 0xe0 && text === "JFIF\0") isJfif = true;
    if (marker === 0xee && text === "Adobe") transform = body[11];
    if (marker < 0xc0 || marker > 0xc2) continue;
    // A frame: bits, height, width, count, then three bytes for each channel, its name the first.
    bits = body[0];
    const names = Array.from({ length: body[5] ?? 0 }, (_, channel) => body[6 + 3 * channel] ?? 0);
    channels = String.fromCharCode(...names);
  }
  const named = transform === undefined ? channels === "RGB" : transform === 0;
  return { bits, storesRgb: channels.length === 3 && !isJfif && named };
}

/** What stands before the first scan. */
function* segments(bytes: Uint8Array): Generator<{ marker: number; body: Uint8Array }> {
  for (let at = 2; bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    // Any number of fill bytes may stand before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (marker === 0xda || length < 2) return;
    yield { marker, body: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
  }
}
