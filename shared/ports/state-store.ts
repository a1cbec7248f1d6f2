/** Documents with transactions. Paths alternate collection and id: `runs/r1`, `backfills/b1/dates/2024-01-02`. */

export type Doc = Readonly<Record<string, unknown>>;

export interface Listed {
  readonly id: string;
  readonly path: string;
  readonly data: Doc;
}

export interface Transaction {
  /** The document, as of this transaction; the commit fails and the body runs again if it changes before. */
  readonly get: <T = Doc>(path: string) => Promise<T | undefined>;
  readonly getAll: <T = Doc>(paths: readonly string[]) => Promise<(T | undefined)[]>;
  readonly set: (path: string, data: object) => void;
  /** Replaces single fields, addressed from the root; other fields stay, and a missing document is made. */
  readonly merge: (path: string, fields: ReadonlyMap<readonly string[], unknown>) => void;
  readonly delete: (path: string) => void;
}

export interface StateStore {
  readonly get: <T = Doc>(path: string) => Promise<T | undefined>;
  readonly getAll: <T = Doc>(paths: readonly string[]) => Promise<(T | undefined)[]>;
  /** Documents directly in a collection, by id, optionally those whose top-level fields equal the given values. */
  readonly list: (
    collection: string,
    where?: Readonly<Record<string, string | number | boolean>>,
    limit?: number,
  ) => Promise<Listed[]>;
  readonly count: (
    collection: string,
    where?: Readonly<Record<string, string | number | boolean>>,
  ) => Promise<number>;
  /**
   * All writes of `body` or none. The body may run several times and must be pure but for the transaction's calls.
   * @throws when the store stays unavailable or contended; nothing is written then
   */
  readonly transaction: <T>(body: (tx: Transaction) => Promise<T>) => Promise<T>;
}
