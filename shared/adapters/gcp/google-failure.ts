/**
 * Translates errors of Google's services into failures: whether trying again may help, a code, and advice for
 * a person. An unknown error counts as transient.
 */
import type { Failure } from '../../domain/failure.ts';

/** An error of a Google service, with the failure that it stands for. */
export class GoogleError extends Error {
  override readonly name = 'GoogleError';
  readonly failure: Failure;
  constructor(failure: Failure, cause?: unknown) {
    super(`${failure.code}: ${failure.detail}`, { cause });
    this.failure = failure;
  }
}

type Kind = Failure['kind'];

/** The statuses of gRPC; the index of a status is its code. */
export const GRPC_STATUS = [
  'ok',
  'cancelled',
  'unknown',
  'invalid_argument',
  'deadline_exceeded',
  'not_found',
  'already_exists',
  'permission_denied',
  'resource_exhausted',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
  'unauthenticated',
] as const;
type GrpcStatus = (typeof GRPC_STATUS)[number];

/** Statuses that a person must act on. All others are transient. */
const PERMANENT: ReadonlySet<GrpcStatus> = new Set([
  'invalid_argument',
  'not_found',
  'permission_denied',
  'failed_precondition',
  'out_of_range',
  'unimplemented',
  'data_loss',
]);

const ADVICE: Partial<Record<GrpcStatus, string>> = {
  permission_denied: 'grant the role to the service account of the function',
  unimplemented: 'enable the API of the service in the project',
};

interface VendorError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly { readonly reason?: string }[];
}

function vendorError(error: unknown): VendorError {
  return typeof error === 'object' && error !== null ? error : { message: String(error) };
}

function grpcFailure(
  vendor: string,
  error: unknown,
  special: (status: GrpcStatus, message: string) => { kind: Kind; advice?: string } | undefined,
): Failure {
  if (error instanceof GoogleError) return error.failure;
  const { code, message } = vendorError(error);
  const text = typeof message === 'string' ? message : String(error);
  const status = typeof code === 'number' ? GRPC_STATUS[code] : undefined;
  if (status === undefined || status === 'ok')
    return { kind: 'transient', code: `${vendor}_unknown`, detail: text };
  const meaning = special(status, text);
  const advice = meaning?.advice ?? ADVICE[status];
  return {
    kind: meaning?.kind ?? (PERMANENT.has(status) ? 'permanent' : 'transient'),
    code: `${vendor}_${status}`,
    detail: advice === undefined ? text : `${text} (${advice})`,
  };
}

/** The failure that an error of Firestore stands for. */
export function firestoreFailure(error: unknown): Failure {
  return grpcFailure('firestore', error, (status, text) => {
    switch (status) {
      case 'invalid_argument':
        if (/transaction (?:has expired|is invalid or closed)/i.test(text)) return { kind: 'transient' };
        if (/exceeds the maximum|too (?:large|big)|is longer than|size/i.test(text))
          return { kind: 'permanent', advice: 'a document holds 1 MiB, a commit 10 MiB' };
        return undefined;
      case 'not_found':
        return { kind: 'permanent', advice: 'create the database of the deployment' };
      default:
        return undefined;
    }
  });
}

/** The failure that an error of Pub/Sub stands for. */
export function pubsubFailure(error: unknown): Failure {
  return grpcFailure('pubsub', error, (status) =>
    status === 'not_found'
      ? { kind: 'permanent', advice: 'create the topics and subscriptions of the deployment' }
      : undefined,
  );
}

/** HTTP statuses of Cloud Storage that a person must act on. */
const PERMANENT_HTTP: ReadonlySet<number> = new Set([400, 403, 404, 405, 410, 411, 412, 413, 416, 501]);

/** The failure that an error of Cloud Storage stands for. */
export function storageFailure(error: unknown): Failure {
  if (error instanceof GoogleError) return error.failure;
  const { code, message, errors } = vendorError(error);
  const text = typeof message === 'string' ? message : String(error);
  const status = typeof code === 'number' ? code : Number.NaN;
  const isLimited = status === 403 && /rateLimitExceeded/i.test(errors?.[0]?.reason ?? '');
  return {
    kind: PERMANENT_HTTP.has(status) && !isLimited ? 'permanent' : 'transient',
    code: Number.isNaN(status) ? 'storage_unknown' : `storage_${status}`,
    detail: text,
  };
}
