/** Loads or computes partitions in an overlay: by the same loads, queries and audit as a run, published nowhere. */
import { audit } from '../../shared/domain/audit.ts';
import { calendarAfter, type SeasonCalendar } from '../../shared/domain/calendar.ts';
import type { Evaluation } from '../../shared/domain/evaluation.ts';
import { RequestError, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { UNTOUCHED, type PartitionState } from '../../shared/domain/partition.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { isRaw } from '../../shared/domain/table.ts';
import type { View } from '../../shared/domain/view.ts';
import type { DocumentPorts } from '../../shared/ports/index.ts';
import type { Overlay, Row, Staged, StagedDate } from '../../shared/ports/warehouse.ts';
import { calendarOf, replaceCalendar } from '../../shared/state/calendars.ts';
import { updateStates } from '../../shared/state/completions.ts';
import { mergeGameHashes } from '../../shared/state/game-hashes.ts';
import { gameTables } from '../../shared/state/views.ts';
import { earliestRead, goneDates } from './batch-dates.ts';
import { computedRows, withComputed, type ComputeContext } from './computed-rows.ts';
import type { HandlerContext, LoadedRows } from './context.ts';
import { stageInRange } from './in-range.ts';
import { withKnown } from './known-rows.ts';
import { stateOf } from './known-states.ts';

export type States = Readonly<Record<string, PartitionState>>;

export interface OverlayParts {
  /** The documents that go with the overlay. What is made is written into them. */
  readonly ports: DocumentPorts;
  readonly registry: Registry;
  readonly overlay: Overlay;
  readonly load: HandlerContext['load'];
  readonly computing: ComputeContext;
  readonly runId: string;
  /** The loaded rows as the overlay is to hold them; by default as they are. */
  readonly loaded?: (rows: readonly Row[]) => readonly Row[];
  /** What the audit holds the rows against: those published before, and whether most of them may go; by default nothing. */
  readonly before?: (
    table: RegisteredTable,
    date: GameDate,
  ) => { readonly rows: number; readonly mayShrink: boolean };
  /** Is told of partitions that are there, with the states that they have. */
  readonly onMade: (table: RegisteredTable, states: ReadonlyMap<GameDate, PartitionState>) => void;
  /** Is told of a partition that a run would have refused, and why. */
  readonly onFailed: (table: RegisteredTable, date: GameDate, reason: string) => void;
}

export interface OverlayPartitions {
  /**
   * Loads or computes dates of one season, ascending; where they fail together, each half by itself.
   * @param states the published states of the table
   * @throws RequestError for what can never be answered, Error for what does not answer now
   */
  readonly make: (
    table: RegisteredTable,
    dates: readonly GameDate[],
    view: View,
    evaluation: Evaluation,
    states: States,
  ) => Promise<void>;
  /** Writes the states of partitions that are there, for those that read them. */
  readonly remember: (
    table: RegisteredTable,
    states: ReadonlyMap<GameDate, PartitionState>,
    hashes: ReadonlyMap<GameDate, StagedDate['gameHashes']>,
  ) => Promise<void>;
}

/** Most dates that are loaded or computed together. */
const BATCH = 60;

export function overlayPartitions({
  ports,
  registry,
  overlay,
  load,
  computing,
  runId,
  loaded: asHeld = (rows) => rows,
  before = () => ({ rows: 0, mayShrink: true }),
  onMade,
  onFailed,
}: OverlayParts): OverlayPartitions {
  const make: OverlayPartitions['make'] = async (table, dates, view, evaluation, states) => {
    for (let from = 0; from < dates.length; from += BATCH)
      await makeBatch(table, dates.slice(from, from + BATCH), view, evaluation, states);
  };

  const makeBatch: OverlayPartitions['make'] = async (table, dates, view, evaluation, states) => {
    const [first] = dates;
    if (first === undefined) return;
    const calendar = view.seasons.get(seasonOf(first))?.calendar;
    const loaded = isRaw(table.definition) ? valueOf(await load(table, dates)) : undefined;
    const computed = await computedRows(computing, overlay, table, dates, calendar);
    const rows = loaded === undefined ? computed.ok && computed.value?.rows : asHeld(loaded.rows);
    const staged = !computed.ok
      ? computed
      : await stageInRange(overlay, {
          ...{ table, runId, token: 1, mode: 'live', dates },
          readStart: earliestRead(table, first, calendar),
          ...(rows === undefined || rows === false ? {} : { rows }),
        });
    if (!staged.ok && staged.failure.kind === 'permanent') {
      if (dates.length === 1) return fail(table, first, staged.failure.detail);
      const half = Math.ceil(dates.length / 2);
      await makeBatch(table, dates.slice(0, half), view, evaluation, states);
      return makeBatch(table, dates.slice(half), view, evaluation, states);
    }
    const found = valueOf(staged);
    try {
      const computedOf = computed.ok ? computed.value : undefined;
      const known = await withKnown({ ports, registry }, withComputed(found, computedOf), loaded);
      await hold(table, known, loaded, view, evaluation, states);
    } finally {
      await overlay.discard(found);
    }
  };

  /** Puts the staged dates that the audit lets through into the overlay. */
  const hold = async (
    table: RegisteredTable,
    staged: Staged,
    loaded: LoadedRows | undefined,
    view: View,
    evaluation: Evaluation,
    states: States,
  ): Promise<void> => {
    const dates = staged.dates.map(({ date }) => date);
    const [first] = dates;
    const calendar = first === undefined ? undefined : view.seasons.get(seasonOf(first))?.calendar;
    const gone = goneDates(table, dates, calendar, loaded);
    const kept = new Map<GameDate, PartitionState>();
    for (const measured of staged.dates) {
      const { date } = measured;
      const accepted = evaluation.accepted(table, date);
      const { rows, mayShrink } = before(table, date);
      const verdict = audit(table.definition, measured, rows, mayShrink, accepted, gone.has(date));
      if (verdict.kind === 'refuse') {
        await fail(table, date, verdict.reason);
        continue;
      }
      // The count of damages is that of the present, so that what was built from the same rows is the same.
      const { reopened } = states[date] ?? UNTOUCHED;
      kept.set(date, stateOf(measured, verdict, evaluation.inputFingerprint(table, date), reopened));
    }
    if (kept.size === 0) return;
    valueOf(await overlay.hold(staged, [...kept.keys()]));
    await remember(table, kept, new Map(staged.dates.map(({ date, gameHashes }) => [date, gameHashes])));
    onMade(table, kept);
  };

  const fail = async (table: RegisteredTable, date: GameDate, reason: string): Promise<void> => {
    await updateStates(ports, table, [date], (state) => ({ ...state, status: 'failed', reason }));
    onFailed(table, date, reason);
  };

  const remember: OverlayPartitions['remember'] = async (table, states, hashes) => {
    const { name } = table.definition;
    const dates = [...states.keys()];
    await updateStates(ports, table, dates, (_, date) => states.get(date));
    if (!gameTables(registry).includes(name)) return;
    const known = new Map(
      dates.flatMap((date) => {
        const ofDate = hashes.get(date);
        return ofDate === undefined ? [] : [[date, ofDate] as const];
      }),
    );
    await ports.store.transaction((tx) => Promise.resolve(mergeGameHashes(tx, name, known)));
  };

  return { make, remember };
}

/**
 * Writes the calendar of the games that the overlay shows; dates that have games by now stay in it without any. Nothing is written
 * where it shows no game of the regular season.
 * @param now the calendar of the present
 */
export async function calendarInOverlay(
  ports: DocumentPorts,
  overlay: Overlay,
  season: Season,
  now: SeasonCalendar | undefined,
): Promise<void> {
  const facts = valueOf(await overlay.scheduleFacts([season]));
  const openingNight = facts.find(({ regularGames }) => regularGames > 0)?.date;
  if (openingNight === undefined) return;
  await replaceCalendar(
    ports,
    await calendarOf(ports, season),
    calendarAfter(now, season, openingNight, facts),
  );
}

/** The value of an answer. @throws RequestError for what can never be answered, Error for what does not answer now */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { kind, detail } = result.failure;
  throw kind === 'permanent' ? new RequestError(detail) : new Error(detail);
}
