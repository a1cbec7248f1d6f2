/** Errors as BigQuery tells them: a reason of its table, the HTTP status that goes with it, a message. */

const STATUS: Readonly<Record<string, number>> = {
  accessDenied: 403,
  backendError: 503,
  billingTierLimitExceeded: 400,
  bytesBilledLimitExceeded: 400,
  duplicate: 409,
  internalError: 500,
  invalid: 400,
  invalidQuery: 400,
  jobRateLimitExceeded: 400,
  notFound: 404,
  notImplemented: 501,
  quotaExceeded: 403,
  rateLimitExceeded: 403,
  resourcesExceeded: 400,
  responseTooLarge: 403,
  stopped: 200,
  timeout: 400,
};

export class BigQueryError extends Error {
  override readonly name = 'BigQueryError';
  readonly reason: string;
  readonly status: number;

  constructor(reason: string, message: string, status = STATUS[reason] ?? 400) {
    super(message);
    this.reason = reason;
    this.status = status;
  }

  /** One entry of an error list. */
  get proto(): { readonly reason: string; readonly message: string; readonly domain: string } {
    return { reason: this.reason, message: this.message, domain: 'global' };
  }
}
