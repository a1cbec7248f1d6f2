/** How an adapter reports a failure: it returns a `Failure` instead of throwing the error of a vendor. */

/**
 * A failure of a call. `transient`: the same call may succeed later. `permanent`: it will fail until a
 * person changes something.
 */
export interface Failure {
  readonly kind: 'transient' | 'permanent';
  /** Short machine-readable name, such as `audit_failed` or `warehouse_unavailable`. */
  readonly code: string;
  /** For a person: what happened and what to do. */
  readonly detail: string;
}

/** Either the value of a call or its failure. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** A successful result. */
export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
/** A failed result that is worth trying again; see {@link Failure} for `code` and `detail`. */
export const transient = (code: string, detail: string): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { kind: 'transient', code, detail },
});
/** A failed result that is not worth trying again; see {@link Failure} for `code` and `detail`. */
export const permanent = (code: string, detail: string): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { kind: 'permanent', code, detail },
});

/** Thrown for a request that cannot be carried out as it stands. Its message says what to do instead. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** The flag of the command line that is wrong, such as `--start`; undefined when it is no flag. */
  readonly flag: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly flag?: string } = {}) {
    super(message, options);
    this.flag = options.flag;
  }
}

/** Thrown by an archive for a file that it does not hold, or holds with other bytes than were put there. */
export class FileLostError extends Error {
  override readonly name = 'FileLostError';
  readonly what: 'missing' | 'damaged';

  constructor(what: 'missing' | 'damaged', message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.what = what;
  }
}

/** Thrown when the stores of a home do not belong together. Its message says which, and how they are mended. */
export class StoreLostError extends Error {
  override readonly name = 'StoreLostError';
}

/** Says, in the words of file systems, SQLite and DuckDB, that a disk is full. */
export const NO_ROOM = /ENOSPC|disk is full|no space left|EDQUOT/i;
