import { readFile } from "node:fs/promises";

import { version_core } from "@tensorflow/tfjs-core";

/** The versions that decide numbers: LTU's, TensorFlow.js's, and those of the engine's libraries. */
export async function versions(
  engineVersions: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  return { ltu: version, "@tensorflow/tfjs-core": version_core, ...engineVersions };
}
