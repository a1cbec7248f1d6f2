/** Adds to staged rows what is known independently of them: which games and rows are lacking. */
import { MAX_ASIDE } from '../../shared/domain/audit.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import { lackingIn, type Lacking } from '../../shared/domain/lacking.ts';
import { isShrunk, type PartitionState } from '../../shared/domain/partition.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { Staged, StagedDate } from '../../shared/ports/warehouse.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import type { HandlerContext, LoadedDate, LoadedRows } from './context.ts';

/**
 * The staged dates with what is known to be lacking of them: for a raw table what its load found out, for every other one the
 * games whose lines in the schedule are refused, and for a table of games that were played what its box scores lack.
 */
export async function withKnown(
  { ports, registry }: HandlerContext,
  staged: Staged,
  loaded: LoadedRows | undefined,
): Promise<Staged> {
  const [first] = staged.dates;
  if (first === undefined) return staged;
  if (loaded !== undefined)
    return {
      ...staged,
      dates: staged.dates.map((found) => withLacking(found, loaded.dates.get(found.date))),
    };
  const { timing } = staged.table.definition;
  const seasonsOf = (names: readonly string[]) =>
    Promise.all(names.map((name) => tableSeason(ports, name, seasonOf(first.date))));
  const calendars = await seasonsOf(
    registry.all.flatMap(({ definition: each }) =>
      each.kind === 'loaded' && each.tells === 'calendar' && each.timing === timing ? [each.name] : [],
    ),
  );
  const isPreGame = timing === 'pre_game';
  // Nobody has to know what box scores lack when all rows of a pre-game table are there.
  const isWhole = staged.dates.every(({ rows, expectedRows }) => rows >= expectedRows);
  const names = isPreGame && isWhole ? [] : registry.resultSources;
  const sources = await seasonsOf(names);
  const states = sources.map((source, i) => [names[i] ?? '', source?.dates ?? {}] as const);
  const unread = (date: GameDate): Lacking[] =>
    firstUnread([...calendars, ...(isPreGame ? [] : sources)].map((each) => each?.dates[date]?.reason));
  return {
    ...staged,
    dates: staged.dates.map((found) => {
      const known = isPreGame
        ? withUnknownPlayers(found, states)
        : {
            ...found,
            lacking: [
              ...(found.lacking ?? []),
              ...states.flatMap(([name, dates]) => lackingOfSource(name, dates[found.date])),
            ],
          };
      const games = unread(found.date);
      return games.length === 0 ? known : { ...known, lacking: [...(known.lacking ?? []), ...games] };
    }),
  };
}

function withLacking(found: StagedDate, known: LoadedDate | undefined): StagedDate {
  if (known === undefined) return found;
  const { rows, games } = known.outOfRange;
  const checks: StagedDate['checks'] =
    games > 1 && rows > MAX_ASIDE * (found.rows + rows)
      ? [...found.checks, { check: 'values out of range', severity: 'fail', failures: rows }]
      : found.checks;
  return {
    ...found,
    checks,
    expectedRows: found.expectedRows + known.lackingRows,
    expectedGames: Math.max(found.expectedGames, known.expectedGames),
    lacking: known.lacking,
    accepted: known.accepted,
    held: known.held,
  };
}

/** Days before a date in which a player's last game says that he may play on it; as in `player-universe.sql`. */
const KNOWN_DAYS = 30;

/**
 * A date of a pre-game table that has fewer rows than expected, with the box scores before it that are lacking: nobody knows the
 * players of a team whose box scores were refused. If no rows are there although no box score is known to be lacking, a person or
 * a scope has given these box scores up; then none are expected.
 */
function withUnknownPlayers(
  found: StagedDate,
  sources: readonly (readonly [string, Readonly<Record<GameDate, PartitionState>>])[],
): StagedDate {
  if (found.rows >= found.expectedRows) return found;
  const first = addDays(found.date, -KNOWN_DAYS);
  const lacking = sources.flatMap(([table, states]) =>
    (Object.entries(states) as [GameDate, PartitionState][])
      .filter(([date]) => date >= first && date < found.date)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([date, state]) => lackingBefore(table, date, state)),
  );
  if (lacking.length > 0) return { ...found, lacking: [...(found.lacking ?? []), ...shortened(lacking)] };
  return found.rows > 0 ? found : { ...found, expectedRows: 0, expectedGames: 0 };
}

/** Dates of box scores that are told by name. */
const MAX_TOLD = 3;

function shortened(lacking: readonly Lacking[]): Lacking[] {
  const more = lacking.length - MAX_TOLD;
  return lacking.slice(0, MAX_TOLD).map(({ code, detail }, i) => ({
    code,
    detail: more > 0 && i === MAX_TOLD - 1 ? `${detail} (and ${more} more dates)` : detail,
  }));
}

/** What a table of box scores lacks of a date before the date of a pre-game table. */
function lackingBefore(table: string, date: GameDate, state: PartitionState): Lacking[] {
  const games = lackingOfSource(table, state);
  if (games.length > 0) return games.map(({ code, detail }) => ({ code, detail: `${detail} on ${date}` }));
  return state.status === 'partial' && state.rows < state.expectedRows
    ? [{ code: 'rows_missing', detail: `${table} lacks rows of ${date}` }]
    : [];
}

/** What a table of box scores lacks of a date, for the tables that are made from it. */
function lackingOfSource(table: string, state: PartitionState | undefined): Lacking[] {
  return (state?.status === 'partial' || isShrunk(state)) && state.games < state.expectedGames
    ? [{ code: 'game_missing', detail: `${table} has ${state.games} of ${state.expectedGames} games` }]
    : [];
}

/** What the first of these reasons says of games that could not be read. */
function firstUnread(reasons: readonly (string | null | undefined)[]): Lacking[] {
  return reasons.flatMap((reason) => lackingIn(reason, 'games_unread') ?? []).slice(0, 1);
}
