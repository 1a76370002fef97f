import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A manifest of one of our packages, as short as the checks allow. */
export function manifest(name: string, rest: object = {}): string {
  return JSON.stringify({ name: `@ltu/${name}`, ...rest });
}

/** Runs `look` on a temporary tree that holds `files` (path -> text), and removes the tree. */
export function withTree<T>(files: Readonly<Record<string, string>>, look: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), "ltu-check-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return look(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
