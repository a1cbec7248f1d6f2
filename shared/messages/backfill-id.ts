/** The id of the backfill that a request starts. Two requests with the same request id are one backfill. */
import { digest } from '../domain/hash.ts';
import type { BackfillRequest } from './schemas.ts';

/**
 * `bf-` and 12 hex digits.
 * @param messageId the broker's id of the message; used when the request has no id of its own
 */
export function backfillIdOf({ requestId }: Pick<BackfillRequest, 'requestId'>, messageId: string): string {
  return `bf-${digest(requestId ?? messageId).slice(0, 12)}`;
}
