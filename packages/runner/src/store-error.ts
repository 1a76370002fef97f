import { LtuError } from "@ltu/core";

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ["permission denied", "choose a folder you may write to"],
  EDQUOT: ["the disk quota is used up", "free some space or choose another disk"],
  EEXIST: ["there is a file where a folder is needed", "choose another folder"],
  EFBIG: ["the file would be larger than the system allows", "raise the limit or choose another disk"],
  EISDIR: ["there is a folder where a file is needed", "choose another folder or move that one away"],
  ENOENT: ["part of its path does not exist", "choose another folder"],
  ENOSPC: ["no space is left on the disk", "free some space or choose another disk"],
  ENOTDIR: ["part of its path is a file, not a folder", "choose another folder"],
  EPERM: ["the operation is not permitted", "choose a folder you may write to"],
  EROFS: ["the disk is read-only", "choose a folder you may write to"],
};

/**
 * One sentence for a failed file operation: what failed, why, what to do. An error that is one of ours already
 * is handed back as it is.
 *
 * @param what - What could not be done, with its path: `"the folder runs cannot be made"`.
 * @param error - What the file system threw; it becomes the `cause`.
 */
export function storeError(what: string, error: unknown): LtuError {
  if (error instanceof LtuError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const [reason, remedy] = reasons[code] ?? [(error as Error).message, "choose another folder"];
  return new LtuError("STORE", `store: ${what}: ${reason}${code && ` (${code})`}; ${remedy}.`, {
    cause: error,
  });
}
