/**
 * Files below one root, wherever they lie: a folder, a zip or a tar archive. Names are relative, with `/` between folders.
 */
export interface FileTree {
  /** The folder or archive, for messages. */
  readonly path: string;
  /** Names of all files, in the order of the source. */
  readonly names: readonly string[];
  /** Names of the folders that the source lists, also of empty ones. */
  readonly folders: readonly string[];
  /**
   * Hands the bytes of some files to `visit`, one after the other and each once, in the order that suits the source.
   * Nothing is kept of a file once `visit` is done.
   */
  read(
    wanted: ReadonlySet<string>,
    visit: (name: string, bytes: Uint8Array) => Promise<void> | void,
  ): Promise<void>;
  close(): void;
}

/** Who opens a tree, and what to do about one that is damaged, as the end of a sentence. */
export interface OpenTree {
  readonly where: string;
  readonly remedy: string;
}
