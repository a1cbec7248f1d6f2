/** Source files as they came, kept by content, so that any partition can be loaded again. */
export interface ArchiveStore {
  /** Keeps the bytes; the same bytes are kept once. @returns where, and their SHA-256 */
  readonly put: (
    name: string,
    bytes: Uint8Array,
  ) => Promise<{ readonly uri: string; readonly sha256: string }>;
  /** @throws when there is no such file */
  readonly get: (uri: string) => Promise<Uint8Array>;
}
