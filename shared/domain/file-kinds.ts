/** What a source file can hold: the first part of its name, as in `player_box_2023-24.csv`. */
export const FILE_KINDS = [
  'schedule',
  'named_schedule',
  'named_games',
  'game_odds_books',
  'game_odds',
  'player_box_lite',
  'player_box',
  'named_player_box',
  'team_box_lite',
  'team_box',
  'shots',
  'play_by_play',
  'player_props',
  'event_lines',
  'event_props',
  'bettingpros_props',
  'injury_report',
  'timed_injury_report',
  'injury_list',
  'gamebook',
  'rosters',
  'team_roster',
  'named_rosters',
  'shot_zones_player_game',
] as const;

/** The kind of a source file: what it holds. */
export type FileKind = (typeof FILE_KINDS)[number];

/**
 * Kinds that tell which games a season has and how they ended: `schedule` by the ids of the league, `named_schedule` by those of a
 * source that has ids of its own, with stand-ins for the ids of the league.
 */
export const SCHEDULE_KINDS: readonly FileKind[] = ['schedule', 'named_schedule'];
