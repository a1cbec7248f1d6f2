/** Keeps source files as they arrived, named by their content, so that any partition can be loaded again. */
export interface ArchiveStore {
  /**
   * Stores a file. The same bytes are stored only once; bytes that were damaged since are replaced.
   * @returns where the file is, and its SHA-256 in hex
   */
  readonly put: (
    name: string,
    bytes: Uint8Array,
  ) => Promise<{ readonly uri: string; readonly sha256: string }>;
  /**
   * The bytes of a file.
   * @throws FileLostError when there is no such file, or its bytes are known to be others than were put there
   * @throws Error when the archive does not answer
   */
  readonly get: (uri: string) => Promise<Uint8Array>;
  /**
   * Writes something beside the files that is made from them or tells of them, under a path of its own such as
   * `journal/2024-06-01T12:00:00.000Z.json`. It replaces what was there.
   */
  readonly write: (path: string, bytes: Uint8Array) => Promise<void>;
  /** What was written under a path; undefined when nothing was. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /**
   * The paths below a folder such as `journal`, ascending.
   * @param limit only the first so many; by default all
   */
  readonly list: (folder: string, limit?: number) => Promise<string[]>;
}
