/** Translates errors of BigQuery, of its client and of the network into failures. */
import type { Failure } from '../../domain/failure.ts';

/** The parts of an error that its failure is found by, for an error of any layer. */
interface Facts {
  /** Reason of the first error of BigQuery's list, such as `quotaExceeded`. */
  readonly reason: string;
  /** HTTP status, or the name of a network error. */
  readonly code: number | string | undefined;
  readonly message: string;
}

interface Meaning {
  readonly kind: Failure['kind'];
  readonly code: string;
}

const transient = (code: string): Meaning => ({ kind: 'transient', code });
const permanent = (code: string): Meaning => ({ kind: 'permanent', code });

/** Messages that tell more than the reason of their error. The first pattern that matches counts. */
const MESSAGES: readonly (readonly [RegExp, Meaning])[] = [
  [/fullcourt_fenced/, permanent('fenced')],
  [
    /due to concurrent update|concurrent DML|transaction is aborted|conflicting (?:update|transaction)/i,
    transient('concurrent_update'),
  ],
  [
    /streaming buffer/i,
    // Rows that were streamed cannot be changed for half an hour.
    transient('streaming_buffer'),
  ],
  [/too many (?:DML|partition|table) |Exceeded rate limits/i, transient('rate_limited')],
  [/without a filter over column/i, permanent('partition_filter_missing')],
  [/retrying may solve|try again later|please retry/i, transient('warehouse_unavailable')],
];

/** Failures by the reason in BigQuery's error, and by the reasons that Google's other services use. */
const REASONS: Readonly<Record<string, Meaning>> = {
  rateLimitExceeded: transient('rate_limited'),
  userRateLimitExceeded: transient('rate_limited'),
  jobRateLimitExceeded: transient('rate_limited'),
  quotaExceeded: transient('quota_exceeded'),
  backendError: transient('warehouse_unavailable'),
  internalError: transient('warehouse_unavailable'),
  jobBackendError: transient('warehouse_unavailable'),
  jobInternalError: transient('warehouse_unavailable'),
  tableUnavailable: transient('warehouse_unavailable'),
  resourceInUse: transient('warehouse_unavailable'),
  stopped: transient('job_stopped'),
  timeout: transient('job_timeout'),
  resourcesExceeded: permanent('resources_exceeded'),
  billingTierLimitExceeded: permanent('resources_exceeded'),
  bytesBilledLimitExceeded: permanent('too_expensive'),
  responseTooLarge: permanent('resources_exceeded'),
  billingNotEnabled: permanent('not_allowed'),
  accessDenied: permanent('not_allowed'),
  authError: permanent('not_allowed'),
  blocked: permanent('not_allowed'),
  required: permanent('request_refused'),
  badRequest: permanent('request_refused'),
  parseError: permanent('request_refused'),
  notImplemented: permanent('query_refused'),
  invalid: permanent('query_refused'),
  invalidQuery: permanent('query_refused'),
  invalidUser: permanent('not_allowed'),
  notFound: permanent('not_found'),
  duplicate: permanent('duplicate'),
};

/** Failures by HTTP status, gRPC status or network error. */
const STATUSES: Readonly<Record<string, Meaning>> = {
  400: permanent('request_refused'),
  401: permanent('not_allowed'),
  403: permanent('not_allowed'),
  404: permanent('not_found'),
  408: transient('warehouse_unavailable'),
  409: permanent('duplicate'),
  412: transient('concurrent_update'),
  413: permanent('request_refused'),
  429: transient('rate_limited'),
  500: transient('warehouse_unavailable'),
  502: transient('warehouse_unavailable'),
  503: transient('warehouse_unavailable'),
  504: transient('warehouse_unavailable'),
  // Statuses of gRPC, which the Storage API uses.
  ABORTED: transient('concurrent_update'),
  DEADLINE_EXCEEDED: transient('job_timeout'),
  RESOURCE_EXHAUSTED: transient('quota_exceeded'),
  UNAVAILABLE: transient('warehouse_unavailable'),
  INVALID_ARGUMENT: permanent('request_refused'),
  PERMISSION_DENIED: permanent('not_allowed'),
  UNAUTHENTICATED: permanent('not_allowed'),
  NOT_FOUND: permanent('not_found'),
  ALREADY_EXISTS: permanent('duplicate'),
  ECONNRESET: transient('warehouse_unreachable'),
  ECONNREFUSED: transient('warehouse_unreachable'),
  ETIMEDOUT: transient('warehouse_unreachable'),
  EPIPE: transient('warehouse_unreachable'),
  ENOTFOUND: transient('warehouse_unreachable'),
  EAI_AGAIN: transient('warehouse_unreachable'),
};

/** The failure that `error` stands for. An unknown error counts as transient: trying again may help. */
export function bigQueryFailure(error: unknown): Failure {
  // A value that does not fit the declared type of its column. It was found before anything was sent.
  if (error instanceof RangeError) return { kind: 'permanent', code: 'value_refused', detail: error.message };
  const { reason, code, message } = factsOf(error);
  const meaning =
    MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ??
    (Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined) ??
    STATUSES[String(code)] ??
    transient('warehouse_unavailable');
  return { ...meaning, detail: message };
}

/** Whether BigQuery may have carried out a request although no answer came. */
export function isUnanswered(error: unknown): boolean {
  const failure = bigQueryFailure(error);
  return failure.code === 'warehouse_unreachable' || failure.code === 'warehouse_unavailable';
}

/** Whether a job or a table of this name exists already. */
export function isDuplicate(error: unknown): boolean {
  const { reason, code } = factsOf(error);
  return code === 409 || reason === 'duplicate';
}

/** Whether the thing that was asked for does not exist. */
export function isNotFound(error: unknown): boolean {
  const { reason, code } = factsOf(error);
  return code === 404 || reason === 'notFound';
}

interface ErrorItem {
  readonly reason?: string;
  readonly message?: string;
}

/** The fields of the errors that Google's clients throw. */
interface VendorError {
  readonly code?: number | string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  /** Errors of a request. For inserted rows there is one for each row, which holds the row's errors. */
  readonly errors?: readonly (ErrorItem & { readonly errors?: readonly ErrorItem[] })[];
  readonly cause?: unknown;
}

function factsOf(error: unknown): Facts {
  if (typeof error !== 'object' || error === null)
    return { reason: '', code: undefined, message: String(error) };
  const vendor = error as VendorError;
  const outer = vendor.errors?.[0];
  const first = outer?.errors?.[0] ?? outer;
  const inner = vendor.code === undefined && vendor.cause !== undefined ? factsOf(vendor.cause) : undefined;
  return {
    reason: first?.reason ?? vendor.reason ?? '',
    code: vendor.code ?? vendor.status ?? inner?.code,
    message: (outer?.errors === undefined ? vendor.message : first?.message) ?? 'BigQuery gave no reason',
  };
}
