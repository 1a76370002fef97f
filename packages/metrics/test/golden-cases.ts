import { readFileSync } from "node:fs";

interface GoldenCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** The cases of one golden file. */
export function goldenCases(topic: string): readonly GoldenCase[] {
  const text = readFileSync(new URL(`../../../golden/${topic}.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly cases: readonly GoldenCase[] }).cases;
}
