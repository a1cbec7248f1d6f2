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

/** What a machine may lack, as file systems, SQLite, DuckDB and JavaScript say it, with a sentence for a person. */
const LACKS: readonly (readonly [RegExp, string])[] = [
  [/ENOSPC|disk is full|no space left|EDQUOT/i, 'There is no room left on the disk'],
  [
    /\bEIO\b|disk I\/O error|input\/output error|EROFS|readonly database/i,
    'The disk cannot be written or read, or is full',
  ],
  [/\bEFBIG\b|file too large/i, 'A file would be larger than it may be here'],
  [
    /out[ _]of[ _]memory|ENOMEM|cannot allocate|bad_alloc|buffer allocation failed/i,
    'There is not enough memory',
  ],
  [/database has been invalidated/i, 'The tables cannot be used until they are opened again'],
];

/**
 * What the machine lacks according to an error: room on the disk, a disk that works, or memory. No work succeeds until a person has
 * mended that.
 * @param text the message of the error, and its code where it has one
 * @returns a sentence for a person without its full stop; undefined when the machine is not the cause
 */
export function lackOf(text: string): string | undefined {
  return LACKS.find(([pattern]) => pattern.test(text))?.[1];
}
