/** Loads the rows of the market player_points from `player_props_*` files. Rows of other markets are counted as not used. */
import {
  checkTeams,
  gameOf,
  instantOf,
  isLeftOut,
  minutesBeforeTipoff,
  playerOf,
  type RawLoad,
} from '../../ingest/raw-load.ts';
import { refuse, type SourceRow } from '../../ingest/source-row.ts';
import definition from './definition.ts';

const MARKET = 'player_points';

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_player_boxscores'],
  layouts: {
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
  },
  begin: (job) => ({
    read: (source, file) => {
      const market = source.text('market');
      if (market !== MARKET) return { leftOut: `rows of market ${market} not used` };
      const game = gameOf(source, file, job);
      if (isLeftOut(game)) return game;
      checkTeams(source, game);
      const at = instantOf(source, 'snapshot_utc');
      return [
        {
          ...game.cells,
          ...playerOf(source, job, [game.home, game.away]),
          bookmaker: source.text('bookmaker'),
          points_line: lineOf(source),
          over_price: americanOdds(source, 'over_price'),
          under_price: americanOdds(source, 'under_price'),
          is_main_line: source.flag('is_main_line'),
          snapshot_label: at ?? 'closing',
          snapshot_at: at,
          minutes_before_tipoff: minutesBeforeTipoff(
            at,
            source.optional(() => instantOf(source, 'commence_utc')) ?? game.tipoffAt,
          ),
          source: source.text('source'),
        },
      ];
    },
  }),
} satisfies RawLoad;

function lineOf(source: SourceRow): number {
  const line = source.decimal('line');
  return Number.isInteger(line * 2) ? line : refuse(`line is ${line}, no multiple of 0.5`);
}

/** American odds; null when they are unknown, and, with a note, when the cell has none. `even` is 100. */
function americanOdds(source: SourceRow, column: string): number | null {
  if (source.isUnknown(column)) return null;
  return source.optional(() => {
    const odds = /^even$/i.test(source.raw(column)) ? 100 : source.whole(column);
    return Math.abs(odds) < 100
      ? refuse(`${column} is ${odds}; American odds are 100 or more either way`)
      : odds;
  });
}
