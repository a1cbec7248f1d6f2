/**
 * A person gives up what dates of a table lack. The request is a `BackfillRequest` with `accept`. What a raw table lacks is
 * remembered, and the dates are loaded again, so that they say who has given it up and why. Of a partition that is not there,
 * because it has failed or is blocked, the completion document says it, and what reads it is built without it.
 */
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { isSettled, isShrunk } from '../../shared/domain/partition.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { tableNamed, tablesNamed } from '../../shared/domain/table-named.ts';
import { stateOf, statesOf, type View } from '../../shared/domain/view.ts';
import { isComputed, isRaw, RAW_PHASE } from '../../shared/domain/table.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { acceptCells, rememberAcceptance } from '../../shared/state/acceptances.ts';
import { loadReached, loadView, seasonsOf } from '../../shared/state/views.ts';
import { datesBetween } from './date-range.ts';
import { writeJournal } from './journal.ts';

interface AcceptingPorts {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly registry: Registry;
}

/** The dates of a table that can be given up. */
export interface Acceptable {
  readonly table: string;
  /** Dates of a raw table that lack something: they are loaded again. */
  readonly lacking: readonly GameDate[];
  /** Dates whose partition has failed or is blocked: what reads them goes on. */
  readonly absent: readonly GameDate[];
}

/**
 * Remembers and journals the acceptance of a request.
 * @param id the id of the backfill; a request that is delivered again writes the same entry of the journal
 * @returns the request as it is planned: the raw dates loaded again, or what waits for the accepted partitions
 * @throws RequestError when a table or a date has nothing that can be given up
 */
export async function acceptCellsOf(
  ports: AcceptingPorts,
  archive: Pick<ArchiveStore, 'write'>,
  request: BackfillRequest,
  id: string,
): Promise<BackfillRequest> {
  const { accept, requestedBy } = request;
  if (accept === undefined) return request;
  const tables = tablesNamed(ports.registry, request.tables ?? []);
  if (tables.length === 0 || request.season !== undefined)
    throw new RequestError(
      'accept needs tables, and dates or a range: it gives up what these dates of these tables lack',
    );
  const found: Acceptable[] = [];
  for (const table of tables) found.push(await acceptableDates(ports, table, request));
  const isLacking = found.some(({ lacking }) => lacking.length > 0);
  if (isLacking && found.some(({ absent }) => absent.length > 0))
    throw new RequestError(
      'Some of these dates lack rows and others are not there at all; accept them in two requests',
    );
  const view = await loadReached(
    ports,
    ports.registry,
    found.flatMap(({ absent }) => absent),
    found.map(({ table }) => table),
  );
  const evaluation = evaluate(view);
  for (const { table, lacking, absent } of found) {
    const decision = {
      table,
      dates: [...lacking, ...absent],
      reason: accept.reason,
      by: requestedBy ?? null,
    };
    const at = ports.clock().toISOString();
    await writeJournal({ ...ports, archive }, `${id}-${table}-accept`, {
      kind: 'accept',
      at,
      ...decision,
      whole: !isLacking,
    });
    await rememberAcceptance(ports, { ...decision, dates: lacking });
    const registered = ports.registry.get(table);
    const inputs = new Map(absent.map((date) => [date, evaluation.inputFingerprint(registered, date)]));
    await acceptCells(ports, registered, { ...decision, dates: absent }, inputs);
  }
  return isLacking
    ? { ...request, from: RAW_PHASE, through: RAW_PHASE, force: true, restate: 'mark', fetch: false }
    : waitingFor(ports, view, request, found);
}

/** The request for what was blocked because accepted partitions are not there. */
function waitingFor(
  { registry }: AcceptingPorts,
  view: View,
  { startDate: _, endDate: __, force: ___, ...request }: BackfillRequest,
  found: readonly Acceptable[],
): BackfillRequest {
  const accepted = found.flatMap(({ absent }) => absent).sort();
  const readers = new Set(
    found.flatMap(({ table }) => registry.readersOf(table).map((reader) => reader.table.definition.name)),
  );
  // Where nothing reads the table, nothing waits for it.
  if (readers.size === 0) return { ...request, dates: accepted, from: RAW_PHASE, only: 'stale' };
  const reached = registry.downstreamOf([...readers]);
  const first = accepted[0];
  const dates = new Set(accepted);
  for (const season of view.seasons.values())
    for (const table of reached)
      for (const [date, state] of Object.entries(statesOf(season, table)))
        if (state.status === 'blocked' && !isSettled(state) && first !== undefined && date >= first)
          dates.add(date as GameDate);
  return { ...request, tables: [...readers], dates: [...dates].sort(), from: RAW_PHASE, only: 'failed' };
}

/**
 * The dates of a request of which a table has something that can be given up.
 * @param named the table by its name, or by its name in queries
 * @throws RequestError when there is no such table, or a date that is listed has nothing
 */
export async function acceptableDates(
  ports: AcceptingPorts,
  named: string,
  { dates: listed, startDate, endDate }: Pick<BackfillRequest, 'dates' | 'startDate' | 'endDate'>,
): Promise<Acceptable> {
  const { registry } = ports;
  const table = tableNamed(registry, named);
  const { definition } = registry.get(table);
  const dates =
    listed ??
    (startDate === undefined || endDate === undefined
      ? []
      : (await datesBetween(ports, startDate, endDate)).dates);
  const view = await loadView(ports, registry, seasonsOf(dates), { gameHashes: false, tables: [table] });
  const lacking: GameDate[] = [];
  const absent: GameDate[] = [];
  const whole: GameDate[] = [];
  for (const date of dates) {
    const state = stateOf(view, table, date);
    const isAbsent = (state?.status === 'failed' || state?.status === 'blocked') && !isShrunk(state);
    if (isAbsent) absent.push(date);
    else if (isRaw(definition) && state?.status === 'partial') lacking.push(date);
    else whole.push(date);
  }
  if ((listed !== undefined && whole.length > 0) || lacking.length + absent.length === 0)
    throw new RequestError(whyNothing(view, table, whole, isComputed(definition)));
  return { table, lacking, absent };
}

/** Why dates have nothing that can be given up, and where to look. */
function whyNothing(view: View, table: string, whole: readonly GameDate[], mayLack: boolean): string {
  const [first = '', last = first] = [whole[0], whole.at(-1)];
  const states = whole.map((date) => stateOf(view, table, date));
  if (states.some(isShrunk))
    return `${table} keeps rows on ${first} that its source does not have any more; say which are right with \`fullcourt import\`, not with accept`;
  if (mayLack && states.some((state) => state?.status === 'partial'))
    return `${table} is partial on ${whole.join(', ')} because of what it reads; accept what the raw tables lack: fullcourt coverage --start ${first} --end ${last} --missing`;
  return `${table} lacks nothing that is known on ${whole.join(', ')}; see what it lacks with: fullcourt coverage --start ${first} --end ${last} --missing`;
}
