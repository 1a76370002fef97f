/**
 * JSON whose outer levels are indented and whose inner ones take a line each: a long list stays readable, and a change of
 * one entry is one changed line.
 *
 * @param depth - How many levels are indented.
 */
export function indentedJson(
  value: unknown,
  { depth, indent = "" }: { readonly depth: number; readonly indent?: string },
): string {
  const plain = JSON.stringify(value);
  const json = JSON.parse(plain) as unknown;
  if (depth === 0 || typeof json !== "object" || json === null || plain.length <= 2) return plain;
  const inside = `${indent}  `;
  const inner = (each: unknown): string => indentedJson(each, { depth: depth - 1, indent: inside });
  const [open, close, lines] = Array.isArray(json)
    ? ["[", "]", json.map((each) => `${inside}${inner(each)}`)]
    : [
        "{",
        "}",
        Object.entries(json).map(([key, each]) => `${inside}${JSON.stringify(key)}: ${inner(each)}`),
      ];
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}
