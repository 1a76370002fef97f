/** The root of this repository. */
export const root: string;
/** The pnpm of `packageManager`, such as `pnpm@10.34.8`. */
export const packageManager: string;
/** How to start the pinned pnpm with `args`. */
export function pnpm(args: readonly string[]): {
  readonly command: string;
  readonly args: readonly string[];
  readonly shell: boolean;
};
