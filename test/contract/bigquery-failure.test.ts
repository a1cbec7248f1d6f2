/** What each error of BigQuery means: one table for reasons, statuses, networks and messages. */
import { describe, expect, it } from 'vitest';
import {
  bigQueryFailure,
  isDuplicate,
  isNotFound,
  isUnanswered,
} from '../../shared/adapters/gcp/bigquery-failure.ts';

const ofReason = (reason: string, message = 'text', code?: number): unknown =>
  Object.assign(new Error(message), {
    errors: [{ reason, message }],
    ...(code === undefined ? {} : { code }),
  });
const ofCode = (code: number | string, message = 'text'): unknown =>
  Object.assign(new Error(message), { code });

describe('a failure of BigQuery', () => {
  it.each<[string, unknown, 'transient' | 'permanent', string]>([
    ['rate of requests', ofReason('rateLimitExceeded', 'text', 403), 'transient', 'rate_limited'],
    ['rate of jobs', ofReason('jobRateLimitExceeded', 'text', 400), 'transient', 'rate_limited'],
    ['a quota', ofReason('quotaExceeded', 'text', 403), 'transient', 'quota_exceeded'],
    ['the backend', ofReason('backendError', 'text', 503), 'transient', 'warehouse_unavailable'],
    ['the inside', ofReason('internalError', 'text', 500), 'transient', 'warehouse_unavailable'],
    ['a job that was stopped', ofReason('stopped'), 'transient', 'job_stopped'],
    ['a job that took too long', ofReason('timeout'), 'transient', 'job_timeout'],
    ['too much work for the bytes', ofReason('billingTierLimitExceeded'), 'permanent', 'resources_exceeded'],
    ['too many bytes', ofReason('bytesBilledLimitExceeded'), 'permanent', 'too_expensive'],
    ['too large an answer', ofReason('responseTooLarge', 'text', 403), 'permanent', 'resources_exceeded'],
    ['no memory', ofReason('resourcesExceeded'), 'permanent', 'resources_exceeded'],
    ['a wrong query', ofReason('invalidQuery', 'Unrecognized name', 400), 'permanent', 'query_refused'],
    ['wrong data', ofReason('invalid', 'JSON parsing error', 400), 'permanent', 'query_refused'],
    ['nothing there', ofReason('notFound', 'text', 404), 'permanent', 'not_found'],
    ['no right', ofReason('accessDenied', 'text', 403), 'permanent', 'not_allowed'],
    ['there already', ofReason('duplicate', 'text', 409), 'permanent', 'duplicate'],
    [
      'a transaction that met another',
      ofReason('invalidQuery', 'Transaction is aborted due to concurrent update against table p:d.t.'),
      'transient',
      'concurrent_update',
    ],
    [
      'too many statements in the queue',
      ofReason('resourcesExceeded', 'Too many DML statements outstanding against table p:d.t, limit is 20.'),
      'transient',
      'rate_limited',
    ],
    [
      'rows that were streamed',
      ofReason(
        'invalidQuery',
        'UPDATE or DELETE statement over table t would affect rows in the streaming buffer, which is not supported',
      ),
      'transient',
      'streaming_buffer',
    ],
    [
      'a table without its filter',
      ofReason(
        'invalidQuery',
        "Cannot query over table 't' without a filter over column(s) 'd' that can be used for partition elimination",
      ),
      'permanent',
      'partition_filter_missing',
    ],
    [
      'an older run',
      ofReason(
        'invalidQuery',
        'fullcourt_fenced: nba_raw.t carries rows of a newer run (this one has token 3)',
      ),
      'permanent',
      'fenced',
    ],
    [
      'one row of several',
      Object.assign(new Error('A failure occurred during this request.'), {
        errors: [{ row: {}, errors: [{ reason: 'invalid', message: 'no such field: x.' }] }],
      }),
      'permanent',
      'query_refused',
    ],
    ['status 429', ofCode(429), 'transient', 'rate_limited'],
    ['status 500', ofCode(500), 'transient', 'warehouse_unavailable'],
    ['status 503', ofCode(503), 'transient', 'warehouse_unavailable'],
    ['status 400', ofCode(400), 'permanent', 'request_refused'],
    ['status 401', ofCode(401), 'permanent', 'not_allowed'],
    ['status 403', ofCode(403), 'permanent', 'not_allowed'],
    ['a connection that broke', ofCode('ECONNRESET'), 'transient', 'warehouse_unreachable'],
    ['nobody at the address', ofCode('ECONNREFUSED'), 'transient', 'warehouse_unreachable'],
    ['a name that is not found', ofCode('ENOTFOUND'), 'transient', 'warehouse_unreachable'],
    [
      'a network error within another',
      new Error('request failed', { cause: ofCode('ETIMEDOUT') }),
      'transient',
      'warehouse_unreachable',
    ],
    ['gRPC: aborted', ofCode('ABORTED'), 'transient', 'concurrent_update'],
    ['gRPC: exhausted', ofCode('RESOURCE_EXHAUSTED'), 'transient', 'quota_exceeded'],
    ['gRPC: no right', ofCode('PERMISSION_DENIED'), 'permanent', 'not_allowed'],
    ['a value no column can hold', new RangeError('points is Infinity'), 'permanent', 'value_refused'],
    ['what nobody has seen before', ofReason('brandNewReason'), 'transient', 'warehouse_unavailable'],
    ['what is no error at all', 'boom', 'transient', 'warehouse_unavailable'],
  ])('%s', (_what, error, kind, code) => {
    expect(bigQueryFailure(error)).toMatchObject({ kind, code });
    expect(bigQueryFailure(error).detail).not.toBe('');
  });

  it('tells what was not answered from what was refused', () => {
    expect([ofCode('ECONNRESET'), ofCode(503), ofReason('backendError')].map(isUnanswered)).toEqual([
      true,
      true,
      true,
    ]);
    expect([ofCode(429), ofCode(409), ofReason('invalidQuery')].map(isUnanswered)).toEqual([
      false,
      false,
      false,
    ]);
    expect([isDuplicate(ofCode(409)), isDuplicate(ofReason('duplicate')), isDuplicate(ofCode(404))]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isNotFound(ofCode(404)), isNotFound(ofReason('notFound')), isNotFound(ofCode(409))]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
