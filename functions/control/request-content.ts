/** Whether two requests with one id ask for the same work. */
import { digest } from '../../shared/domain/hash.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { findTable } from '../../shared/domain/table-named.ts';
import { RAW_PHASE } from '../../shared/domain/table.ts';
import type { View } from '../../shared/domain/view.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { loadView } from '../../shared/state/views.ts';
import { hasCalendars } from './date-range.ts';
import { expandDates, firstPhaseOf, seasonsAskedIn } from './plan.ts';
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
      ...(request.expect === undefined ? [] : [`plan ${request.expect}`]),
    ]),
  );
}

/**
 * The same digest with the game dates that the request comes to, so that it does not depend on how they are named: a request for
 * 2024-01-05 and 2024-01-06 has the meaning of one for the range of these two dates, or of the range to 2024-01-07 when no game
 * is on that day. `mark` and `none`, which do the same, are one word.
 * @param view of the seasons that the request asks for
 * @returns undefined when it asks for a season without a calendar or for no game date
 */
export function meaningOf(request: BackfillRequest, view: View, ports: ContentPorts): string | undefined {
  if (!hasCalendars(view, request)) return undefined;
  const { startDate: _start, endDate: _end, season: _season, ...others } = request;
  // What is given up may be on no schedule.
  const from = request.accept === undefined ? (request.from ?? firstPhaseOf(request)) : RAW_PHASE;
  const dates = expandDates(request, view, from);
  if (dates.length === 0) return undefined;
  return contentOf({ ...others, dates, ...(others.restate === 'none' ? { restate: 'mark' } : {}) }, ports);
}

function distinct(names: readonly string[] | undefined): string[] | null {
  return names === undefined ? null : [...new Set(names)].sort();
}

/**
 * Why a request cannot have the id of a backfill that asks for other work; undefined when both ask for the same. They are
 * compared as they are written and, where the calendars are known, by what they mean now.
 */
export async function asksForOther(
  ports: ContentPorts & Pick<Ports, 'store' | 'clock' | 'businessClock'>,
  known: Pick<Backfill, 'id' | 'requestId' | 'content' | 'meaning' | 'request'>,
  asked: BackfillRequest,
): Promise<string | undefined> {
  const { id, requestId, content, meaning, request } = known;
  if (content === undefined || content === contentOf(asked, ports)) return undefined;
  if (meaning !== undefined) {
    const seasons = await seasonsAskedIn(ports, asked);
    const view = await loadView(ports, ports.registry, seasons, { gameHashes: false });
    if (meaningOf(asked, view, ports) === meaning) return undefined;
  }
  const [first, last] = [request.dates[0], request.dates.at(-1)];
  return `The request id ${requestId} belongs to backfill ${id}, which asks for other work (${first} to ${last}, ${request.from} to ${request.through}); publish this request with an id of its own`;
}
