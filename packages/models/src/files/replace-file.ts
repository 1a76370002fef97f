import { rename, writeFile } from "node:fs/promises";

/** Writes a file that is complete or not there; one that was there before is replaced. */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${path}.part`, content);
  await rename(`${path}.part`, path);
}
