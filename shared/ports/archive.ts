/** Keeps source files as they arrived, named by their content, so that any partition can be loaded again. */
export interface ArchiveStore {
  /**
   * Stores a file. The same bytes are stored only once.
   * @returns where the file is, and its SHA-256 in hex
   */
  readonly put: (
    name: string,
    bytes: Uint8Array,
  ) => Promise<{ readonly uri: string; readonly sha256: string }>;
  /**
   * The bytes of a file.
   * @throws when there is no such file
   */
  readonly get: (uri: string) => Promise<Uint8Array>;
}
