/** What each status of Google's services becomes. */
import { describe, expect, it } from 'vitest';
import {
  firestoreFailure,
  GoogleError,
  GRPC_STATUS,
  pubsubFailure,
  storageFailure,
} from '../../shared/adapters/gcp/google-failure.ts';
import type { Failure } from '../../shared/domain/failure.ts';

type Kind = Failure['kind'];

/** Every status of gRPC but `ok`: what it means to Firestore and to Pub/Sub. */
const GRPC: readonly (readonly [code: number, name: string, firestore: Kind, pubsub: Kind])[] = [
  [1, 'cancelled', 'transient', 'transient'],
  [2, 'unknown', 'transient', 'transient'],
  [3, 'invalid_argument', 'permanent', 'permanent'],
  [4, 'deadline_exceeded', 'transient', 'transient'],
  [5, 'not_found', 'permanent', 'permanent'],
  [6, 'already_exists', 'transient', 'transient'],
  [7, 'permission_denied', 'permanent', 'permanent'],
  [8, 'resource_exhausted', 'transient', 'transient'],
  [9, 'failed_precondition', 'permanent', 'permanent'],
  [10, 'aborted', 'transient', 'transient'],
  [11, 'out_of_range', 'permanent', 'permanent'],
  [12, 'unimplemented', 'permanent', 'permanent'],
  [13, 'internal', 'transient', 'transient'],
  [14, 'unavailable', 'transient', 'transient'],
  [15, 'data_loss', 'permanent', 'permanent'],
  [16, 'unauthenticated', 'transient', 'transient'],
];

const vendorError = (code: number | string, message = `${code} said so`): Error =>
  Object.assign(new Error(message), { code });

describe('a status of gRPC', () => {
  it('is in the table, every one of them', () => {
    expect(GRPC.map(([code, name]) => [code, name])).toEqual([...GRPC_STATUS.entries()].slice(1));
  });

  it.each(GRPC)('%d %s is %s from Firestore and %s from Pub/Sub', (code, name, firestore, pubsub) => {
    expect(firestoreFailure(vendorError(code))).toMatchObject({ kind: firestore, code: `firestore_${name}` });
    expect(pubsubFailure(vendorError(code))).toMatchObject({ kind: pubsub, code: `pubsub_${name}` });
    expect(firestoreFailure(vendorError(code)).detail).toContain(`${code} said so`);
  });

  it.each([
    ['a number nobody knows', vendorError(99)],
    ['a name of the network', vendorError('ECONNREFUSED')],
    ['no code', new Error('odd')],
    ['no error at all', 'odd'],
    ['nothing', undefined],
    ['ok', vendorError(0)],
  ])('that is %s may pass', (_what, error) => {
    for (const failure of [firestoreFailure(error), pubsubFailure(error)]) {
      expect(failure.kind).toBe('transient');
      expect(failure.code).toMatch(/_unknown$/);
      expect(failure.detail).not.toBe('');
    }
  });

  it.each([
    ['The referenced transaction has expired or is no longer valid: transaction has expired', 'transient'],
    ['Transaction is invalid or closed.', 'transient'],
    ['The value of property "x" is longer than 1048487 bytes.', 'permanent'],
    [
      "Document 'd' cannot be written because its size (1,048,900 bytes) exceeds the maximum allowed size",
      'permanent',
    ],
  ] as const)('INVALID_ARGUMENT from Firestore, "%s", is %s', (message, kind) => {
    expect(firestoreFailure(vendorError(3, message)).kind).toBe(kind);
  });

  it('tells a person what to do where there is something to do', () => {
    expect(firestoreFailure(vendorError(5)).detail).toMatch(/create the database/);
    expect(pubsubFailure(vendorError(5)).detail).toMatch(/create the topics/);
    expect(pubsubFailure(vendorError(7)).detail).toMatch(/grant the role/);
    expect(firestoreFailure(vendorError(12)).detail).toMatch(/enable the API/);
  });
});

/** HTTP statuses of Cloud Storage that are documented, and names of the network. */
const HTTP: readonly (readonly [code: number | string, kind: Kind, name: string])[] = [
  [400, 'permanent', 'storage_400'],
  [401, 'transient', 'storage_401'],
  [403, 'permanent', 'storage_403'],
  [404, 'permanent', 'storage_404'],
  [405, 'permanent', 'storage_405'],
  [408, 'transient', 'storage_408'],
  [409, 'transient', 'storage_409'],
  [410, 'permanent', 'storage_410'],
  [411, 'permanent', 'storage_411'],
  [412, 'permanent', 'storage_412'],
  [413, 'permanent', 'storage_413'],
  [416, 'permanent', 'storage_416'],
  [429, 'transient', 'storage_429'],
  [499, 'transient', 'storage_499'],
  [500, 'transient', 'storage_500'],
  [501, 'permanent', 'storage_501'],
  [502, 'transient', 'storage_502'],
  [503, 'transient', 'storage_503'],
  [504, 'transient', 'storage_504'],
  ['ECONNRESET', 'transient', 'storage_unknown'],
  ['ECONNREFUSED', 'transient', 'storage_unknown'],
  ['ETIMEDOUT', 'transient', 'storage_unknown'],
  ['ENOTFOUND', 'transient', 'storage_unknown'],
  ['CONTENT_DOWNLOAD_MISMATCH', 'transient', 'storage_unknown'],
];

describe('a status of Cloud Storage', () => {
  it.each(HTTP)('%s is %s', (code, kind, name) => {
    expect(storageFailure(vendorError(code))).toEqual({ kind, code: name, detail: `${code} said so` });
  });

  it('403 may pass when it means too many requests', () => {
    const limited = Object.assign(vendorError(403), { errors: [{ reason: 'rateLimitExceeded' }] });

    expect(storageFailure(limited).kind).toBe('transient');
  });
});

describe('an error that has been understood', () => {
  it('keeps its meaning when it is asked for again', () => {
    const error = new GoogleError({ kind: 'permanent', code: 'firestore_bad_path', detail: 'a//b' });

    expect([firestoreFailure(error), pubsubFailure(error), storageFailure(error)]).toEqual(
      Array.from({ length: 3 }, () => error.failure),
    );
    expect(error.message).toBe('firestore_bad_path: a//b');
  });
});
