/**
 * What the box scores before a date lack. A team whose box scores are lacking has players whom nobody knows, so a pre-game table
 * lacks their rows. A person may have given such box scores up: then the rows are given up with them.
 */
import { addDays, type GameDate } from './game-date.ts';
import type { Lacking } from './lacking.ts';
import { isInFlight, isSettled, isShrunk, type PartitionState } from './partition.ts';

/** A raw table of box scores with its partitions. */
export type BoxScoreStates = readonly [string, Readonly<Record<GameDate, PartitionState>>];

export interface BoxScoresBefore {
  readonly lacking: readonly Lacking[];
  /** Who has given up box scores of these days, and why, such as `accepted by ann: lost`; undefined when nobody has. */
  readonly givenUp: string | undefined;
}

/** Days before a date in which a player's last game says that he may play on it; as in `player-universe.sql`. */
const KNOWN_DAYS = 30;

/** What box scores of the days before a date lack, without the nights that a person has given up in one of the tables. */
export function boxScoresBefore(sources: readonly BoxScoreStates[], date: GameDate): BoxScoresBefore {
  const first = addDays(date, -KNOWN_DAYS);
  const before = sources.flatMap(([table, states]) =>
    (Object.entries(states) as [GameDate, PartitionState][])
      .filter(([each]) => each >= first && each < date)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([each, state]) => ({ table, date: each, state })),
  );
  const givenUp = before.filter(({ state }) => givenUpIn(state) !== undefined);
  const nights = new Set(givenUp.map((each) => each.date));
  return {
    lacking: before.flatMap(({ table, date: each, state }) =>
      nights.has(each) ? [] : lackingBefore(table, each, state),
    ),
    givenUp: givenUpIn(givenUp[0]?.state),
  };
}

/** Who has given up what the rows of a partition lack, and why; undefined when nobody has, or the partition says something else by now. */
export function givenUpIn(state: PartitionState | undefined): string | undefined {
  return isSettled(state) || isInFlight(state) ? state.givenUp : undefined;
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
export function lackingOfSource(table: string, state: PartitionState | undefined): Lacking[] {
  return (state?.status === 'partial' || isShrunk(state)) && state.games < state.expectedGames
    ? [{ code: 'game_missing', detail: `${table} has ${state.games} of ${state.expectedGames} games` }]
    : [];
}

/** Whether a reason says nothing but that rows or games are not there. */
export function tellsOfRowsAlone(reason: string | null): boolean {
  return reason?.split('; ').every((part) => /^(?:game_missing|rows_missing): /.test(part)) === true;
}
