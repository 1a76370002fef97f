/** What decides the content of `node_modules`. */
export function installKey(folder: string): string;
/** The file that says for which key `node_modules` was installed to the end. */
export function stampOf(folder: string): string;
/** Installs the workspace when that is due; returns why it failed, if it did. */
export function installWhenDue(): string | undefined;
