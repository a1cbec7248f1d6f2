/**
 * Documents with transactions. In a path, collection and id alternate: `runs/r1`,
 * `backfills/b1/dates/2024-01-02`.
 */

/** The fields of a document. */
export type Doc = Readonly<Record<string, unknown>>;

/** A document that a list found. */
export interface Listed {
  readonly id: string;
  readonly path: string;
  readonly data: Doc;
}

/** Reads and writes inside of a transaction. */
export interface Transaction {
  /**
   * The document as this transaction sees it; undefined when there is none. If the document changes before
   * the commit, the commit fails and the body runs again.
   */
  readonly get: <T = Doc>(path: string) => Promise<T | undefined>;
  /** Several documents, in the order of `paths`. */
  readonly getAll: <T = Doc>(paths: readonly string[]) => Promise<(T | undefined)[]>;
  /** Writes a whole document. */
  readonly set: (path: string, data: object) => void;
  /**
   * Replaces single fields, each addressed by its path from the root of the document. Other fields stay. A
   * missing document is created.
   */
  readonly merge: (path: string, fields: ReadonlyMap<readonly string[], unknown>) => void;
  /** Deletes a document; nothing happens when there is none. */
  readonly delete: (path: string) => void;
}

/** A store of documents. */
export interface StateStore {
  /** One document; undefined when there is none. */
  readonly get: <T = Doc>(path: string) => Promise<T | undefined>;
  /** Several documents, in the order of `paths`. */
  readonly getAll: <T = Doc>(paths: readonly string[]) => Promise<(T | undefined)[]>;
  /**
   * The documents directly in a collection, ordered by id.
   * @param where top-level fields and the values that they must have
   * @param limit most documents to return
   */
  readonly list: (
    collection: string,
    where?: Readonly<Record<string, string | number | boolean>>,
    limit?: number,
  ) => Promise<Listed[]>;
  /** The ids of the documents directly in a collection, ascending. What the documents hold is not read. */
  readonly ids: (collection: string) => Promise<string[]>;
  /**
   * How many documents are directly in a collection.
   * @param where top-level fields and the values that they must have
   */
  readonly count: (
    collection: string,
    where?: Readonly<Record<string, string | number | boolean>>,
  ) => Promise<number>;
  /**
   * Makes all writes of `body` or none. The body may run several times, so it must do nothing else that has
   * an effect.
   * @throws when the store is unavailable, or when other transactions keep changing the same documents;
   * nothing is written then
   */
  readonly transaction: <T>(body: (tx: Transaction) => Promise<T>) => Promise<T>;
}
