/**
 * Why cells of the grid are not green, and what the last run of one of them read. The answer is computed by the same functions
 * that decide what is built.
 */
import { entriesOn } from '../../shared/domain/archive.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isBuilt, type PartitionState } from '../../shared/domain/partition.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { isSealed } from '../../shared/domain/seal.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { stalenessOf, withStaleness } from '../../shared/domain/staleness.ts';
import type { Input } from '../../shared/domain/table.ts';
import { tableNamed } from '../../shared/domain/table-named.ts';
import { seasonViewOf, stateOf, type View } from '../../shared/domain/view.ts';
import { whyOf, withEarlier, type CellWhy } from '../../shared/domain/why.ts';
import { heldDatesIn } from '../../shared/domain/window-holds.ts';
import { windowText } from '../../shared/domain/window-text.ts';
import type { RunDocument } from '../../shared/state/documents.ts';
import { runOf } from '../../shared/state/runs.ts';
import { loadView } from '../../shared/state/views.ts';
import { gameDatesBetween, unknownSeasons } from './date-range.ts';
import type { ReadingPorts } from './ports.ts';

/** An input of a cell with the state of its window. */
export interface InputState {
  readonly table: string;
  readonly window: string;
  readonly required: boolean;
  /** Game dates of the window. */
  readonly dates: number;
  /** How many of them are green, and how many are what else. */
  readonly states: Readonly<Record<string, number>>;
}

/** All that is known of one cell. */
export interface Explanation extends CellWhy {
  /** Why a green cell is as it should be; null for any other. */
  readonly standing: string | null;
  /** The entry of the table in the completion document of the date; null when there is none. */
  readonly state: PartitionState | null;
  readonly lastRun: Pick<
    RunDocument,
    'runId' | 'attempt' | 'startedAt' | 'finishedAt' | 'manifest' | 'lastError' | 'answeredBy'
  > | null;
  readonly inputs: readonly InputState[];
  /** The archived files that speak of the cell, or of a cause that is a raw table, as `table@date: name (source)`. */
  readonly entries: readonly string[];
}

/** @throws RequestError when there is no such table */
export async function why(ports: ReadingPorts, asked: string, date: GameDate): Promise<Explanation> {
  const { store, registry } = ports;
  const table = tableNamed(registry, asked);
  const registered = registry.get(table);
  const view = withEarlier(await loadView(ports, registry, [seasonOf(date)]));
  const explain = whyOf(view);
  const found = explain({ table, date });
  const state = stateOf(view, table, date);
  const run = state?.runId == null ? undefined : await runOf({ store }, state.runId);
  return {
    ...found,
    standing: found.status === 'green' ? standingOf(view, registered, date, state) : null,
    state: state === undefined ? null : withStaleness(state, stalenessOf(view)(registered, date)),
    lastRun:
      run === undefined
        ? null
        : {
            runId: run.runId,
            attempt: run.attempt,
            startedAt: run.startedAt,
            finishedAt: run.finishedAt,
            manifest: run.manifest,
            lastError: run.lastError,
            ...(run.answeredBy === undefined ? {} : { answeredBy: run.answeredBy }),
          },
    inputs: registered.definition.inputs.map((input) => inputState(view, explain, input, date)),
    entries: [found, ...found.causes].flatMap((each) => entriesOf(view, each)),
  };
}

/** Why a green cell is as it should be. */
function standingOf(
  view: View,
  { definition }: RegisteredTable,
  date: GameDate,
  state: PartitionState | undefined,
): string {
  return isBuilt(state) && isSealed(definition, state, date, view.today)
    ? 'sealed: every row was made before its game began, and stays as it is'
    : 'up to date: built from exactly these inputs and this code';
}

function inputState(
  view: View,
  explain: (cell: { table: string; date: GameDate }) => CellWhy,
  input: Input,
  date: GameDate,
): InputState {
  const { table } = input;
  const dates = heldDatesIn(view)(input, date, ({ calendar }) => calendar.dates);
  const states: Record<string, number> = {};
  for (const read of dates) {
    const { status } = explain({ table, date: read });
    states[status] = (states[status] ?? 0) + 1;
  }
  return { table, window: windowText(input.window), required: input.required, dates: dates.length, states };
}

function entriesOf(view: View, { table, date }: { table: string; date: GameDate }): string[] {
  const archive = seasonViewOf(view, date)?.archives.get(table);
  return entriesOn(archive, date).map(({ name, source }) => `${table}@${date}: ${name} (${source})`);
}

/** Which cells are asked about. */
export interface AskedCells {
  readonly start: GameDate;
  readonly end: GameDate;
  /** By default every table. */
  readonly tables?: readonly string[] | undefined;
}

/** The cells of a range that are not green. */
export interface NotGreenCells {
  /** By date and table. */
  readonly cells: readonly CellWhy[];
  /** The game dates of the range. */
  readonly dates: readonly GameDate[];
  /** Seasons of the range of which no game is known. */
  readonly unknownSeasons: readonly Season[];
}

/** Every cell from one date to another that is not green. */
export async function whyBetween(
  ports: ReadingPorts,
  { start, end, tables }: AskedCells,
): Promise<NotGreenCells> {
  const { view, dates } = await gameDatesBetween(ports, start, end);
  return {
    cells: cellsNotGreen(view, dates, tables),
    dates,
    unknownSeasons: unknownSeasons(view, { startDate: start, endDate: end }),
  };
}

/** The cells of some dates that are not green, by date and table. */
export function cellsNotGreen(
  view: View,
  dates: readonly GameDate[],
  tables: readonly string[] = view.registry.all.map(({ definition }) => definition.name),
): CellWhy[] {
  const explain = whyOf(view);
  return dates
    .flatMap((date) => tables.map((table) => explain({ table, date })))
    .filter(({ status }) => status !== 'green');
}
