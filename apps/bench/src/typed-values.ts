import { InvalidArgumentError } from "commander";

// What options and arguments may hold, as typed on the command line. Each parser throws commander's error, whose message
// names the option; an empty text is never a value, though JavaScript takes it for 0 and for the current folder.

/** Turns the text of one option into its value. */
export type ParseValue<T> = (text: string) => T;

/** A text with something in it. */
export function someText(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

/** A whole number in decimal digits, from `least` to `most`. */
export function wholeNumber({
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
}: { readonly least?: number; readonly most?: number } = {}): ParseValue<number> {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const value = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number ${bounds}.`);
  };
}

/** Different whole numbers with commas between them. */
export function wholeNumbers({ least = 0 }: { readonly least?: number } = {}): ParseValue<readonly number[]> {
  const one = wholeNumber({ least });
  return (text) => {
    const values = text.split(",").map(one);
    if (new Set(values).size === values.length) return values;
    throw new InvalidArgumentError("Each number must stand once.");
  };
}

/** An option that may be repeated: every value, in the order typed. */
export function repeated<T>(parse: ParseValue<T>): (text: string, before?: readonly T[]) => readonly T[] {
  return (text, before = []) => [...before, parse(text)];
}
