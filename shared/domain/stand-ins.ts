/** What raw tables that stand in for others have of the games that these lack. */
import type { GameDate } from './game-date.ts';
import { tellsOfRowsAlone } from './given-up.ts';
import { lackingIn } from './lacking.ts';
import { isAnswered, type PartitionState } from './partition.ts';
import { stateOf, type View } from './view.ts';

/** The games that a table of box scores lacks on a date and that no other table has in its place. */
export function gamesNobodyHas(view: View, table: string, date: GameDate): readonly string[] {
  const lacking = gamesLackingIn(stateOf(view, table, date));
  if (lacking.length === 0) return lacking;
  const others = view.registry.standInsOf(table).map((name) => stateOf(view, name, date));
  return lacking.filter((game) => !others.some((state) => hasGame(state, game)));
}

/** Whether a table of box scores lacks nothing on a date but games that another table has in its place. */
export function isStoodInFor(view: View, table: string, date: GameDate): boolean {
  const state = stateOf(view, table, date);
  return (
    gamesLackingIn(state).length > 0 &&
    tellsOfRowsAlone(state?.reason ?? null) &&
    gamesNobodyHas(view, table, date).length === 0
  );
}

function gamesLackingIn(state: PartitionState | undefined): readonly string[] {
  return state?.status === 'partial' ? (lackingIn(state, 'game_missing')?.detail.split(' ') ?? []) : [];
}

/** Whether a partition has rows of a game and nothing is said against them. */
function hasGame(state: PartitionState | undefined, game: string): boolean {
  return isAnswered(state) && state.rows > 0 && !(state.reason?.includes(game) ?? false);
}
