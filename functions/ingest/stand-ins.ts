/** Which rows of a second source of box scores stand in for rows that the league's box scores lack. Pure. */
import type { Cell, Row } from '../../shared/ports/warehouse.ts';

/** By how much the minutes of a team may miss those of the same team by another source: both are sums of whole minutes. */
const MINUTES_APART = 4.05;

/**
 * The rows of `second` that are used: those of players whom the league lacks, of teams that have the points of the final score
 * (`team_points_add_up`), where the league has fewer points or minutes of the team. A player whom nobody knows may be one that the
 * league has, so he is used only where it has nobody of the team. Players whose points are more than the league lacks are not used: the
 * two sources then contradict each other, and nobody is counted twice.
 */
export function rowsThatStandIn(second: readonly Row[], league: readonly Row[]): Row[] {
  const known = Map.groupBy(league, teamOf);
  const teams = Map.groupBy(
    second.filter((row) => row['team_points_add_up'] === true),
    teamOf,
  );
  return [...teams].flatMap(([team, own]) => {
    const theirs = known.get(team) ?? [];
    if (theirs.length === 0) return own;
    const lacking = sumOf(own, 'points') - sumOf(theirs, 'points');
    const lacksMinutes = sumOf(theirs, 'minutes') < sumOf(own, 'minutes') - MINUTES_APART;
    if (lacking <= 0 && !lacksMinutes) return [];
    const there = new Set(theirs.map((row) => row['player_lookup']));
    const added = own.filter((row) => row['nba_player_id'] !== null && !there.has(row['player_lookup']));
    return sumOf(added, 'points') <= lacking ? added : [];
  });
}

function teamOf(row: Row): string {
  return `${String(row['game_id'])} ${String(row['team_abbr'])}`;
}

function sumOf(rows: readonly Row[], column: 'points' | 'minutes'): number {
  return rows.reduce((sum, row) => sum + Number((row[column] ?? 0) satisfies Cell), 0);
}
