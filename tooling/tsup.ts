import { defineConfig } from "tsup";

/** The one build preset of all published packages: ESM, declarations, everything external. */
export function ltuPackage(
  entry: Record<string, string> = { index: "src/index.ts" },
): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    splitting: true,
    sourcemap: true,
    clean: true,
    dts: true,
    minify: false,
    skipNodeModulesBundle: true,
  });
}
