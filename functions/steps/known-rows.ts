/** Adds to staged rows what is known independently of them: which games and rows are lacking. */
import { MAX_ASIDE } from '../../shared/domain/audit.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { boxScoresBefore, lackingOfSource, type BoxScoreStates } from '../../shared/domain/given-up.ts';
import { lackingIn, type Lacking } from '../../shared/domain/lacking.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Staged, StagedDate } from '../../shared/ports/warehouse.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import type { HandlerContext, LoadedDate, LoadedRows } from './context.ts';
import { isRaw } from '../../shared/domain/table.ts';

/**
 * The staged dates with what is known to be lacking of them: for a raw table what its load found out, for every other one the
 * games whose lines in the schedule are refused, and for a table of games that were played what its box scores lack.
 */
export async function withKnown(
  { ports, registry }: Pick<HandlerContext, 'registry'> & { readonly ports: Pick<Ports, 'store'> },
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
      isRaw(each) && each.tells === 'calendar' && each.timing === timing ? [each.name] : [],
    ),
  );
  const isPreGame = timing === 'pre_game';
  // Nobody has to know what box scores lack when all rows of a pre-game table are there.
  const isWhole = staged.dates.every(({ rows, expectedRows }) => rows >= expectedRows);
  const names = isPreGame && isWhole ? [] : registry.resultSources;
  const sources = await seasonsOf(names);
  const states = sources.map((source, i) => [names[i] ?? '', source?.dates ?? {}] as const);
  const unread = (date: GameDate): Lacking[] =>
    firstUnread([...calendars, ...(isPreGame ? [] : sources)].map((each) => each?.dates[date]));
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

/**
 * A date of a pre-game table that has fewer rows than expected, with the box scores before it that are lacking: nobody knows the
 * players of a team whose box scores were refused. Where a person has given these box scores up, the rows are given up with them. If
 * no rows are there although no box score is known to be lacking, a scope has given them up; then none are expected.
 */
function withUnknownPlayers(found: StagedDate, sources: readonly BoxScoreStates[]): StagedDate {
  if (found.rows >= found.expectedRows) return found;
  const { lacking, givenUp } = boxScoresBefore(sources, found.date);
  if (lacking.length > 0) return { ...found, lacking: [...(found.lacking ?? []), ...shortened(lacking)] };
  // Where the rows lack something else, such as a model, that is why there are none.
  if (found.rows === 0 && (found.lacking ?? []).length === 0)
    return { ...found, expectedRows: 0, expectedGames: 0 };
  return givenUp === undefined ? found : { ...found, accepted: givenUp };
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

/** What the first of these partitions says of games that could not be read. */
function firstUnread(states: readonly (PartitionState | undefined)[]): Lacking[] {
  return states.flatMap((state) => lackingIn(state, 'games_unread') ?? []).slice(0, 1);
}
