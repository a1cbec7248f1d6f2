/** Loads the market player_points from `player_props_*` files, and `event_props`, which are what The Odds API answers. */
import { ANSWERED_LINES, playerLinesLoad } from '../../ingest/player-lines.ts';
import { LINES } from '../_shared/player-line-columns.ts';
import definition from './definition.ts';

export default playerLinesLoad(definition, LINES, {
  player_props: {
    needed: [
      'season',
      'season_type',
      'game_id',
      'game_date',
      'home_team',
      'visitor_team',
      'player_id',
      'player_name',
      'market',
      'bookmaker',
      'line',
      'over_price',
      'under_price',
      'is_main_line',
      'snapshot_utc',
      'commence_utc',
      'source',
    ],
  },
  event_props: ANSWERED_LINES,
});
