/**
 * Views of a season in which every partition is built from its present inputs, except where a test says
 * otherwise.
 */
import type { Archive } from '../../shared/domain/archive.ts';
import { digest } from '../../shared/domain/hash.ts';
import type { CalendarDate } from '../../shared/domain/calendar.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { UNTOUCHED, type PartitionState } from '../../shared/domain/partition.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import { whyNoPartition, type GameHashes, type SeasonView, type View } from '../../shared/domain/view.ts';
import { gamesIn, isRaw } from '../../shared/domain/table.ts';
import { toyRegistry } from './toy-tables.ts';
import { partition, type PartitionFields } from './partitions.ts';

const OPENING_NIGHT = gameDate('2023-10-24');
/** The date `n` days after opening night. */
export const day = (n: number): GameDate => addDays(OPENING_NIGHT, n);
/** Game dates: three in the bootstrap period, five after it. */
export const DATES: readonly GameDate[] = [0, 2, 5, 14, 15, 17, 19, 20].map(day);
export const TEAMS = ['ATL', 'BOS', 'CHI', 'DEN'] as const;

/**
 * How a partition differs from one that is built and current; null when it has no state.
 * @param view the season with all tables that come before this one
 */
export type Differently = (table: string, date: GameDate, view: View) => PartitionFields | null | undefined;

export interface ViewOptions {
  readonly registry?: Registry;
  readonly dates?: readonly GameDate[];
  readonly today?: GameDate;
  readonly acceptMissing?: boolean;
  readonly games?: (date: GameDate) => CalendarDate;
  readonly differently?: Differently;
  /** The teams with a game on a date, each with the hash of its game. */
  readonly hashes?: (table: string, date: GameDate) => GameHashes;
}

const allTeams = (table: string, date: GameDate): GameHashes =>
  Object.fromEntries(TEAMS.map((team) => [team, digest(`${table} ${date} ${team}`).slice(0, 16)]));

/** A view in which every expected partition is built and current, except for what `options` say. */
export function viewOf(options: ViewOptions = {}): View {
  const registry = options.registry ?? toyRegistry();
  const dates = options.dates ?? DATES;
  const seasons = new Map<Season, SeasonView>();
  const view: View = {
    registry,
    seasons,
    today: options.today ?? gameDate('2024-07-01'),
    acceptMissing: options.acceptMissing ?? false,
  };
  for (const [season, ofSeason] of Map.groupBy(dates, seasonOf))
    seasons.set(season, seasonView(view, season, ofSeason, options));
  return view;
}

function seasonView(
  view: View,
  season: Season,
  dates: readonly GameDate[],
  options: ViewOptions,
): SeasonView {
  const { registry } = view;
  const games = options.games ?? (() => ({ games: 2, finalGames: 2 }));
  const states = new Map<string, Record<string, PartitionState>>();
  const archives = new Map<string, Archive>();
  const gameHashes = new Map<string, Record<string, GameHashes>>();
  const seasonView: SeasonView = {
    calendar: {
      season,
      openingNight: dates[0] ?? OPENING_NIGHT,
      dates,
      games: Object.fromEntries(dates.map((date) => [date, games(date)])),
    },
    states,
    gameHashes,
    archives,
  };
  const inProgress: View = {
    ...view,
    seasons: new Map([[season, seasonView]]),
    earlier: new Map(view.seasons),
  };
  // A raw table can be read beside the files of a table that comes after it.
  for (const table of registry.all) {
    const { name } = table.definition;
    if (isRaw(table.definition))
      archives.set(name, {
        table: name,
        season,
        revision: 1,
        entries: { f: { ...ENTRY, kind: name, sha256: digest(name) } },
        slices: Object.fromEntries(
          dates.map((date) => [date, [{ entry: 'f', digest: digest(`${name} ${date}`), subjects: ['g'] }]]),
        ),
      });
  }
  for (const table of registry.all) {
    const { name } = table.definition;
    if (gamesIn(table.definition) !== undefined) {
      gameHashes.set(
        name,
        Object.fromEntries(dates.map((date) => [date, (options.hashes ?? allTeams)(name, date)])),
      );
    }
    const evaluation = evaluate(inProgress);
    const ofTable: Record<string, PartitionState> = {};
    for (const date of dates) {
      const other = options.differently?.(name, date, inProgress);
      if (other === null || (other === undefined && whyNoPartition(inProgress, table, date) !== undefined))
        continue;
      ofTable[date] =
        other?.outputFingerprint === null
          ? partition(other)
          : partition({ ...built(name, date, evaluation.inputFingerprint(table, date)), ...other });
    }
    states.set(name, ofTable);
  }
  return seasonView;
}

const ENTRY = {
  name: 'f',
  uri: 'u',
  source: 'files',
  observedAt: '2024-06-01T12:00:00.000Z',
  observedKind: 'assumed',
} as const;

function built(table: string, date: GameDate, inputFingerprint: string): PartitionState {
  return {
    ...UNTOUCHED,
    status: 'success',
    revision: 1,
    token: 1,
    rows: 4,
    expectedRows: 4,
    games: 2,
    expectedGames: 2,
    readyRows: 4,
    inputFingerprint,
    outputFingerprint: digest(`${table} ${date}`),
  };
}

/** The fields of a partition that was never built, in the given status. */
export const never = (status: PartitionState['status'], more: PartitionFields = {}): PartitionFields => ({
  status,
  outputFingerprint: null,
  ...more,
});

/** `table@date` -> how it differs, for {@link ViewOptions.differently}. */
export function except(
  differences: Readonly<Record<string, PartitionFields | null>>,
): (table: string, date: GameDate) => PartitionFields | null | undefined {
  return (table, date) => differences[`${table}@${date}`];
}
