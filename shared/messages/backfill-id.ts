/** The id of the backfill a request makes: the same request id is the same backfill. */
import { digest } from '../domain/hash.ts';
import type { BackfillRequest } from './schemas.ts';

/** @param messageId id the broker gave the message, for a request without one of its own */
export function backfillIdOf({ requestId }: Pick<BackfillRequest, 'requestId'>, messageId: string): string {
  return `bf-${digest(requestId ?? messageId).slice(0, 12)}`;
}
