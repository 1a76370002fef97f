import type { loadData } from "../src/load-data.ts";

/** How tests load built-in data: no folder, nothing fetched, nobody told. */
export const idleLoad: Parameters<typeof loadData>[1] = {
  folder: undefined,
  download: false,
  signal: new AbortController().signal,
  onProgress: () => undefined,
};
