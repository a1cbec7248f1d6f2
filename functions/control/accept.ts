/**
 * A person gives up what dates of raw tables lack. The request is a `BackfillRequest` with `accept`: the dates are remembered,
 * and loaded again, so that they say who has given them up and why.
 */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { stateOf } from '../../shared/domain/view.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { rememberAcceptance } from '../../shared/state/acceptances.ts';
import { loadView, seasonsOf } from '../../shared/state/views.ts';
import { gameDatesBetween } from './date-range.ts';

interface AcceptingPorts {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly registry: Registry;
}

/** The request as it is planned: the dates of the raw tables alone, loaded again. */
export function withAcceptance(request: BackfillRequest): BackfillRequest {
  return request.accept === undefined
    ? request
    : { ...request, from: 'phase2', through: 'phase2', force: true, restate: 'mark' };
}

/**
 * Remembers the acceptance of a request.
 * @throws RequestError when a table is not a raw table, or a date lacks nothing
 */
export async function acceptLacking(ports: AcceptingPorts, request: BackfillRequest): Promise<void> {
  const { accept, tables = [], requestedBy } = request;
  if (accept === undefined) return;
  if (tables.length === 0 || request.season !== undefined)
    throw new RequestError(
      'accept needs tables, and dates or a range: it gives up what these dates of these tables lack',
    );
  for (const table of tables) {
    const dates = await lackingDates(ports, table, request);
    await rememberAcceptance(ports, { table, dates, reason: accept.reason, by: requestedBy ?? null });
  }
}

/**
 * The dates of a request for which a table lacks something.
 * @throws RequestError when the table is not a raw table, or a date lacks nothing
 */
export async function lackingDates(
  ports: AcceptingPorts,
  table: string,
  { dates: listed, startDate, endDate }: Pick<BackfillRequest, 'dates' | 'startDate' | 'endDate'>,
): Promise<readonly GameDate[]> {
  const definition = ports.registry.has(table) ? ports.registry.get(table).definition : undefined;
  if (definition?.kind !== 'loaded') {
    const raw = ports.registry.all.flatMap(({ definition: each }) =>
      each.kind === 'loaded' ? [each.name] : [],
    );
    throw new RequestError(
      `${table} is not a raw table; what a source is never going to have can be given up of ${raw.join(', ')}`,
    );
  }
  const dates =
    listed ??
    (startDate === undefined || endDate === undefined
      ? []
      : (await gameDatesBetween(ports, startDate, endDate)).dates);
  const view = await loadView(ports, ports.registry, seasonsOf(dates), {
    gameHashes: false,
    tables: [table],
  });
  const isLacking = (date: GameDate): boolean =>
    ['partial', 'failed'].includes(stateOf(view, table, date)?.status ?? '');
  const whole = dates.filter((date) => !isLacking(date));
  if (listed !== undefined && whole.length > 0)
    throw new RequestError(
      `${table} lacks nothing that is known on ${whole.join(', ')}; see what it lacks with: fullcourt coverage --start ${dates[0] ?? ''} --end ${dates.at(-1) ?? ''} --missing`,
    );
  return dates.filter(isLacking);
}

/** Writes a decision of a person beside the archive, from which the documents can be made again. */
export async function journalAcceptance(
  { archive, clock }: { readonly archive: ArchiveStore; readonly clock: Clock },
  decision: {
    readonly table: string;
    readonly dates: readonly GameDate[];
    readonly reason: string;
    readonly by: string | null;
  },
): Promise<void> {
  const at = clock().toISOString();
  const told = { kind: 'accept', at, ...decision };
  await archive.write(
    `journal/${at.replaceAll(':', '-')}-accept.json`,
    new TextEncoder().encode(`${JSON.stringify(told, null, 1)}\n`),
  );
}
