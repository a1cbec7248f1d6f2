/** Whether two requests with one id ask for the same work. */
import { digest } from '../../shared/domain/hash.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { findTable } from '../../shared/domain/table-named.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { firstPhaseOf } from './plan.ts';
import type { Policy } from './policy.ts';

interface ContentPorts {
  readonly registry: Registry;
  readonly policy: Pick<Policy, 'maxInFlight'>;
}

/**
 * Digest of what a request asks for: every default is filled in, and every table stands by its own name. Who asks, and in which
 * trace, is not part of it: a request for 2024-01-05 that two schedulers send with one id is one backfill.
 */
export function contentOf(
  request: BackfillRequest,
  { registry, policy: { maxInFlight } }: ContentPorts,
): string {
  const tables = request.tables?.map((name) => findTable(registry, name) ?? name);
  const { startDate, endDate, dates, season, skipPreflight, accept } = request;
  return digest(
    JSON.stringify([
      startDate ?? null,
      endDate ?? null,
      distinct(dates),
      season ?? null,
      request.from ?? firstPhaseOf(request),
      request.through ?? 'phase5',
      distinct(tables),
      request.only ?? 'all',
      request.restate ?? 'auto',
      request.force ?? false,
      request.maxInFlight ?? maxInFlight,
      skipPreflight?.reason ?? null,
      accept?.reason ?? null,
      ...(request.fetch === false ? ['archived only'] : []),
    ]),
  );
}

function distinct(names: readonly string[] | undefined): string[] | null {
  return names === undefined ? null : [...new Set(names)].sort();
}

/** Why a request cannot have the id of a backfill that asks for other work; undefined when both ask for the same. */
export function asksForOther(
  { id, requestId, content, request }: Pick<Backfill, 'id' | 'requestId' | 'content' | 'request'>,
  asked: string,
): string | undefined {
  if (content === undefined || content === asked) return undefined;
  const [first, last] = [request.dates[0], request.dates.at(-1)];
  return `The request id ${requestId} belongs to backfill ${id}, which asks for other work (${first} to ${last}, ${request.from} to ${request.through}); publish this request with an id of its own`;
}
