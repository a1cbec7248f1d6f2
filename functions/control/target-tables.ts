/** Which raw tables the answers of live sources fill. */
import type { Target } from '../../shared/domain/fetch.ts';

/** The raw tables that the answers about a target fill; any of them is enough. Who was on a team on a past date nobody tells. */
export const FILLED: Readonly<Record<Target, readonly string[]>> = {
  schedule: ['nbac_game_results'],
  roster: [],
  injuries: ['nbac_injury_report'],
  game_lines: ['odds_api_game_lines'],
  player_lines: ['odds_api_player_points_props', 'bettingpros_player_points_props'],
  player_box: ['nbac_player_boxscores', 'bdl_player_boxscores'],
  team_box: ['nbac_team_boxscore'],
  gamebook: ['nbac_gamebook_player_stats'],
  play_by_play: ['nbac_play_by_play'],
};

/** The targets that fill some of these raw tables. */
export function targetsFilling(tables: readonly string[]): Target[] {
  return (Object.keys(FILLED) as Target[]).filter((target) =>
    FILLED[target].some((table) => tables.includes(table)),
  );
}
