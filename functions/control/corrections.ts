/**
 * What sources said differently later: the rows of raw tables that a later file or payload has changed or taken away, and the later
 * dates of other tables that changed because of it.
 */
import { ROW_CHANGE_DAYS } from '../../shared/derive/row-changes.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { reachOf } from '../../shared/domain/reach.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { isRaw, PHASES } from '../../shared/domain/table.ts';
import type { ChangeEvent, Warehouse } from '../../shared/ports/warehouse.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { loadReached } from '../../shared/state/views.ts';
import type { ReadingPorts } from './ports.ts';

/** A later answer about rows of a raw table that were known before. */
export interface Correction {
  readonly table: string;
  readonly date: GameDate;
  /** Who said it: `files`, or the name of a live source; null when it is not known. */
  readonly source: string | null;
  /** When it was archived (ISO, UTC); null when it is not known. */
  readonly observedAt: string | null;
  /** Rows that it has added, changed and removed. */
  readonly rows: number;
  /** The other tables that changed because of it, with their dates, in the order in which tables are built. */
  readonly moved: readonly { readonly table: string; readonly dates: readonly GameDate[] }[];
}

export interface Corrections {
  readonly corrections: readonly Correction[];
  /** The first day of which changes are kept; later than what was asked for when that is more than 90 days ago. */
  readonly since: GameDate;
}

/**
 * The corrections that were published since a day (UTC), the oldest first. A game that was not known before is none, nor are lines and
 * reports of another time.
 * @throws RequestError when the warehouse does not answer
 */
export async function correctionsSince(
  ports: ReadingPorts,
  warehouse: Pick<Warehouse, 'changeEvents'>,
  asked: GameDate,
): Promise<Corrections> {
  const { registry, clock } = ports;
  const kept = addDays(gameDate(clock().toISOString().slice(0, 10)), -ROW_CHANGE_DAYS);
  const since = asked < kept ? kept : asked;
  const found = await warehouse.changeEvents({ since });
  if (!found.ok) throw new RequestError(found.failure.detail);
  const [raw, computed]: [ChangeEvent[], ChangeEvent[]] = [[], []];
  for (const event of found.value) {
    if (!registry.has(event.table)) continue;
    (isRaw(registry.get(event.table).definition) ? raw : computed).push(event);
  }
  const groups = [...Map.groupBy(raw, ({ table, date, runId }) => `${table} ${date} ${runId}`).values()]
    .filter(isSaidLater)
    .map((events) => events.filter(({ changed, removed }) => changed + removed > 0))
    .filter((events) => events.length > 0);
  const movedBy = await moverOf(ports, computed, groups.flat());
  const corrections: Correction[] = [];
  for (const events of groups) {
    const [first] = events;
    if (first === undefined) continue;
    const { table, date } = first;
    const said = lastToArrive(
      events.filter(({ observedAt }) => observedAt !== null),
      await arrivedOn(ports, table, date),
    );
    corrections.push({
      ...{ table, date, source: said?.source ?? null, observedAt: said?.observedAt ?? null },
      rows: events.reduce((sum, { added, changed, removed }) => sum + added + changed + removed, 0),
      moved: movedBy(first),
    });
  }
  return { corrections, since };
}

/**
 * Whether a file or payload that is new to the date has changed its rows. Where it has lost all that it had, nobody is named.
 */
function isSaidLater(events: readonly ChangeEvent[]): boolean {
  return (
    events.some(({ observedAt }) => observedAt !== null) ||
    events.every(({ added, changed }) => added + changed === 0)
  );
}

type Said = Pick<ChangeEvent, 'source' | 'observedAt'>;

/** What the archive was told of a date of a table, in the order in which it came. */
async function arrivedOn(ports: ReadingPorts, table: string, date: GameDate): Promise<readonly Said[]> {
  const [archive] = await archivesOf(ports, [table], seasonOf(date));
  return (archive?.slices[date] ?? []).flatMap(({ entry }) => archive?.entries[entry] ?? []);
}

/**
 * What was said last of the rows of a correction; of a correction that has only taken rows away what came last of the date. When a
 * historical file was imported says nothing of whether it came after an answer of a time, so the order is that in which they came.
 * @param told what the changed rows are from
 * @param arrived what the archive has of the date, in the order in which it came
 */
export function lastToArrive<T extends Said>(told: readonly T[], arrived: readonly T[]): T | undefined {
  const placeOf = ({ source, observedAt }: Said): number =>
    arrived.findLastIndex((each) => each.source === source && each.observedAt === observedAt);
  const last = told.toSorted(
    (a, b) => placeOf(a) - placeOf(b) || ((a.observedAt ?? '') < (b.observedAt ?? '') ? -1 : 1),
  );
  return last.at(-1) ?? arrived.at(-1);
}

/**
 * Makes what tells which partitions changed because of a correction: those that it can reach by the declared windows, and that were
 * published with other rows after it. A partition that two corrections reach is told for both.
 */
async function moverOf(
  ports: ReadingPorts,
  computed: readonly ChangeEvent[],
  raw: readonly ChangeEvent[],
): Promise<(of: ChangeEvent) => Correction['moved']> {
  /** When a partition was last published with other rows. */
  const last = new Map<string, string>();
  for (const { table, date, at } of computed) {
    const key = `${table} ${date}`;
    if (at > (last.get(key) ?? '')) last.set(key, at);
  }
  if (last.size === 0) return () => [];
  const { registry } = ports;
  const changed = [...new Set(raw.map(({ table }) => table))].filter((name) => registry.has(name));
  const dates = raw.map(({ date }) => date);
  const view = await loadReached(ports, registry, dates, changed);
  const through = PHASES.at(-1) ?? 'phase5';
  const known = new Map<string, ReturnType<typeof reachOf>>();
  return ({ table, date, at }) => {
    const key = `${table} ${date}`;
    const reach = known.get(key) ?? reachOf(view, [{ table, date }], through);
    known.set(key, reach);
    return [...reach].flatMap(([name, dates]) => {
      const moved = dates.filter((each) => (last.get(`${name} ${each}`) ?? '') >= at);
      return moved.length === 0 ? [] : [{ table: name, dates: moved }];
    });
  };
}
