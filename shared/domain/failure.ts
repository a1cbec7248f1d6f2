/** What an adapter answers instead of throwing a vendor's error. */

/** `transient` may succeed if tried again; `permanent` will not until somebody changes something. */
export interface Failure {
  readonly kind: 'transient' | 'permanent';
  /** Short machine-readable name, such as `audit_failed` or `warehouse_unavailable`. */
  readonly code: string;
  /** For a person: what happened and what to do. */
  readonly detail: string;
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const transient = (code: string, detail: string): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { kind: 'transient', code, detail },
});
export const permanent = (code: string, detail: string): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { kind: 'permanent', code, detail },
});

/** A request that cannot be carried out as it stands; the message says what to do. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}
