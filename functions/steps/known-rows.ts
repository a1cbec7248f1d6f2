/** Adds to staged rows what is known independently of them: which games and rows are lacking. */
import { MAX_ASIDE } from '../../shared/domain/audit.ts';
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
  const names = timing === 'pre_game' ? [] : registry.resultSources;
  const sources = await seasonsOf(names);
  const calendars = await seasonsOf(
    registry.all.flatMap(({ definition: each }) =>
      each.kind === 'loaded' && each.tells === 'calendar' && each.timing === timing ? [each.name] : [],
    ),
  );
  return {
    ...staged,
    dates: staged.dates.map((found) => ({
      ...found,
      lacking: [
        ...(found.lacking ?? []),
        ...sources.flatMap((source, i) => lackingOfSource(names[i] ?? '', source?.dates[found.date])),
        ...unreadGames([...calendars, ...sources].map((each) => each?.dates[found.date]?.reason)),
      ],
    })),
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

/** What a table of box scores lacks of a date, for the tables that are made from it. */
function lackingOfSource(table: string, state: PartitionState | undefined): Lacking[] {
  return (state?.status === 'partial' || isShrunk(state)) && state.games < state.expectedGames
    ? [{ code: 'game_missing', detail: `${table} has ${state.games} of ${state.expectedGames} games` }]
    : [];
}

/** The games that a raw table could not read, each source of them once. */
function unreadGames(reasons: readonly (string | null | undefined)[]): Lacking[] {
  const found = reasons.flatMap((reason) => lackingIn(reason, 'games_unread') ?? []);
  return found.slice(0, 1);
}
