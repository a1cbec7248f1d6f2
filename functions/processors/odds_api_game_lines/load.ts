/**
 * Loads three kinds of files. `game_odds_*` files have the closing line of a game, without the bookmaker and the time.
 * `game_odds_books_*` files have the last spread of each bookmaker before the game. `event_lines` are what The Odds API answers:
 * the spreads and totals of each bookmaker at one time, side by side.
 */
import {
  checkTeams,
  gameOf,
  instantOf,
  isLeftOut,
  minutesBeforeTipoff,
  type LeftOut,
  type LoadJob,
  type RawLoad,
} from '../../ingest/raw-load.ts';
import {
  gameWithoutDoubt,
  gamesInDoubt,
  isInPlay,
  UNREAD,
  unlessRefused,
} from '../../ingest/refused-lines.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import type { SourceFile } from '../../ingest/source-files.ts';
import { refuse, type SourceRow } from '../../ingest/source-row.ts';
import type { Cell, Row } from '../../../shared/ports/warehouse.ts';
import { canonicalTeam } from '../../../shared/domain/teams.ts';
import { MAX_SPREAD, TOTALS } from '../_shared/game-line-columns.ts';
import definition from './definition.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

const SPREADS: Bounds = { min: -MAX_SPREAD, max: MAX_SPREAD };

const WHOSE = ['game_id', 'game_date', 'home_team', 'visitor_team'];

export default {
  definition,
  knows: ['nbac_schedule'],
  layouts: {
    game_odds: {
      needed: [...WHOSE, 'season', 'season_type', 'spread_home', 'total'],
      welcome: ['moneyline_home', 'moneyline_visitor'],
      unused: ['home', 'visitor'].flatMap((side) =>
        ['q1', 'q2', 'q3', 'q4', 'ot'].map((period) => `${period}_${side}`),
      ),
    },
    game_odds_books: {
      needed: [
        ...WHOSE,
        'bookmaker',
        'snapshot_utc',
        'commence_utc',
        'spread_home',
        'spread_home_dec',
        'spread_visitor_dec',
      ],
      unused: ['h2h_home_dec', 'h2h_visitor_dec'],
    },
    event_lines: {
      needed: [
        ...['game_date', 'home_team', 'visitor_team', 'bookmaker', 'market', 'outcome', 'point', 'price'],
        ...['snapshot_utc', 'commence_utc'],
      ],
      unused: ['snapshot'],
    },
  },
  begin: (job) => {
    /** The points of each quote that was read. */
    const said = new Map<string, Cell>();
    const contradicted = (quotes: readonly Row[]): Row | undefined =>
      quotes.find((quote) => (said.get(keyOf(quote)) ?? quote['outcome_point']) !== quote['outcome_point']);
    return {
      read: (source, file) => {
        const game = gameOf(source, file, job);
        if (isLeftOut(game)) return game;
        checkTeams(source, game);
        const quotes = quotesOf(source, file, game, job);
        if (isLeftOut(quotes)) return quotes;
        const other = contradicted(quotes);
        if (other !== undefined)
          refuse(
            `${String(other['outcome_name'])} is ${String(other['outcome_point'])}, another line of the same book and time has ${String(said.get(keyOf(other)))}`,
          );
        for (const quote of quotes) said.set(keyOf(quote), quote['outcome_point'] ?? null);
        return quotes;
      },
      standIns: (source, file, date) => {
        const game = source === undefined ? undefined : gameWithoutDoubt(source, file, job);
        if (source === undefined || game === undefined)
          return gamesInDoubt(source, job, date).flatMap((each) => [
            ...standIns(each, 'spreads'),
            ...standIns(each, 'totals'),
          ]);
        if (file.kind !== 'game_odds')
          return isInPlay(source, game) ? [] : standIns(game, marketOf(source, file));
        return CLOSING_MARKETS.flatMap(([market, column, bounds]) => {
          const point = unlessRefused(() => pointOf(source, column, bounds));
          if (point === null) return [];
          const quotes = point === undefined ? [] : closingQuotes(game, market, point);
          return point === undefined || contradicted(quotes) !== undefined ? standIns(game, market) : quotes;
        });
      },
    };
  },
} satisfies RawLoad;

/** The key of a quote. */
function keyOf(quote: Row): string {
  return definition.key.map((column) => quote[column]).join(' ');
}

/** What a line quotes on its game. @throws RowRefusal */
function quotesOf(
  source: SourceRow,
  { kind }: SourceFile,
  game: ScheduledGame,
  job: LoadJob,
): readonly Row[] | LeftOut {
  if (kind === 'game_odds') return closingLines(source, game, job);
  return kind === 'event_lines' ? [eventQuote(source, game)] : bookLines(source, game);
}

/** The market of a line of one market. */
function marketOf(source: SourceRow, { kind }: SourceFile): Market {
  return kind === 'event_lines' && source.raw('market') === 'totals' ? 'totals' : 'spreads';
}

/** What a bookmaker quotes on one side of a market at one time. @throws RowRefusal */
function eventQuote(source: SourceRow, game: ScheduledGame): Row {
  const written = source.text('market');
  const market = written === 'spreads' || written === 'totals' ? written : refuse(`market is "${written}"`);
  const bounds = market === 'spreads' ? SPREADS : TOTALS;
  const point = pointOf(source, 'point', bounds) ?? refuse('point is unknown');
  const side = source.text('outcome');
  const outcome = market === 'spreads' ? canonicalTeam(side) : side;
  if (outcome === undefined || !sidesOf(game, market).includes(outcome))
    refuse(`outcome is "${side}", which is no side of the ${market} of ${game.gameId}`);
  const at = instantOf(source, 'snapshot_utc');
  return {
    ...matchupCells(game),
    bookmaker_key: source.text('bookmaker'),
    market_key: market,
    outcome_name: outcome,
    outcome_point: point,
    outcome_price: priceOf(source, 'price'),
    snapshot_label: at ?? 'closing',
    snapshot_at: at,
    minutes_before_tipoff: minutesBeforeTipoff(
      at,
      source.optional(() => instantOf(source, 'commence_utc')) ?? game.tipoffAt,
    ),
  };
}

function closingLines(source: SourceRow, game: ScheduledGame, job: LoadJob): readonly Row[] {
  const spread = pointOf(source, 'spread_home', SPREADS);
  const total = pointOf(source, 'total', TOTALS);
  if (spread === null) job.note('games without a spread');
  if (total === null) job.note('games without a total');
  if (source.has('moneyline_home') && !source.isUnknown('moneyline_home')) job.note('moneylines not used');
  return [
    ...(spread === null ? [] : closingQuotes(game, 'spreads', spread)),
    ...(total === null ? [] : closingQuotes(game, 'totals', total)),
  ];
}

type Market = 'spreads' | 'totals';

/** The markets of a closing line: the column, and its bounds. */
const CLOSING_MARKETS: readonly (readonly [Market, string, Bounds])[] = [
  ['spreads', 'spread_home', SPREADS],
  ['totals', 'total', TOTALS],
];

/** The closing line of a market, once for each side. @param point the spread of the home team, or the total */
function closingQuotes(game: ScheduledGame, market: Market, point: number): Row[] {
  const quote = {
    ...matchupCells(game),
    bookmaker_key: 'closing_line',
    market_key: market,
    outcome_price: null,
    snapshot_label: 'closing',
    snapshot_at: null,
    minutes_before_tipoff: null,
  };
  const [one, other] = sidesOf(game, market);
  return [
    { ...quote, outcome_name: one, outcome_point: point },
    { ...quote, outcome_name: other, outcome_point: market === 'spreads' ? 0 - point : point },
  ];
}

function sidesOf({ home, away }: ScheduledGame, market: Market): readonly [string, string] {
  return market === 'spreads' ? [home, away] : ['Over', 'Under'];
}

/** The rows of a refused quote: nothing is known of the market of the game. */
function standIns(game: ScheduledGame, market: Market): Row[] {
  return sidesOf(game, market).map((side) => ({
    ...matchupCells(game),
    bookmaker_key: UNREAD,
    market_key: market,
    outcome_name: side,
    outcome_point: null,
    outcome_price: null,
    snapshot_label: UNREAD,
    snapshot_at: null,
    minutes_before_tipoff: null,
  }));
}

function bookLines(source: SourceRow, game: ScheduledGame): readonly Row[] | LeftOut {
  const spread = pointOf(source, 'spread_home', SPREADS);
  if (spread === null) return { leftOut: 'rows with a moneyline only not used' };
  const at = instantOf(source, 'snapshot_utc');
  const quote = {
    ...matchupCells(game),
    bookmaker_key: source.text('bookmaker'),
    market_key: 'spreads',
    snapshot_label: at ?? 'closing',
    snapshot_at: at,
    minutes_before_tipoff: minutesBeforeTipoff(
      at,
      source.optional(() => instantOf(source, 'commence_utc')) ?? game.tipoffAt,
    ),
  };
  const [homePrice, awayPrice] = [priceOf(source, 'spread_home_dec'), priceOf(source, 'spread_visitor_dec')];
  return [
    { ...quote, outcome_name: game.home, outcome_point: spread, outcome_price: homePrice },
    { ...quote, outcome_name: game.away, outcome_point: 0 - spread, outcome_price: awayPrice },
  ];
}

function matchupCells(game: ScheduledGame): Row {
  return { ...game.cells, home_team_abbr: game.home, away_team_abbr: game.away };
}

/** The points of a line; null when there is none. A line is a whole number of quarter points within its bounds. `pk` is 0. */
function pointOf(source: SourceRow, column: string, { min, max }: Bounds): number | null {
  if (source.isUnknown(column)) return null;
  const point = /^(?:pk|pick|pick'?em)$/i.test(source.raw(column)) ? 0 : source.decimal(column);
  if (point < min || point > max) refuse(`${column} is ${point}, outside ${min} to ${max}`);
  if (!Number.isInteger(point * 4)) refuse(`${column} is ${point}, no multiple of 0.25`);
  return point;
}

/** Decimal odds; null when they are unknown, and, with a note, when the cell has none. */
function priceOf(source: SourceRow, column: string): number | null {
  if (source.isUnknown(column)) return null;
  return source.optional(() => {
    const price = source.decimal(column);
    return price <= 1 ? refuse(`${column} is ${price}; decimal odds exceed 1`) : price;
  });
}
