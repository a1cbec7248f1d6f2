/**
 * The Odds API: what bookmakers quote on the games that have not begun, at the moment and at past times. A question costs a credit for
 * each market that its answer has, at a past time ten; a list of past games costs one.
 */
import { json, type LiveAnswer, type LiveSource } from './answers.ts';
import type { Facts, LiveGame } from './facts.ts';

const SPORT = 'sports/basketball_nba';
const BOOKS = ['betmgm', 'draftkings', 'fanduel'];
/** Minutes between two past snapshots. */
const SNAPSHOT_MINUTES = 5;

/** Credits of the key at each league, by what is known of its season. */
const purses = new WeakMap<Facts, { left: number }>();

/** The credits that are left of the key; a test may set them. */
export function purseOf(facts: Facts): { left: number } {
  const known = purses.get(facts) ?? { left: 4500 };
  purses.set(facts, known);
  return known;
}

/** The id of a game at The Odds API: 32 hexadecimal digits. */
const eventIdOf = (game: LiveGame): string => game.id.padStart(32, '0');

export const oddsApi: LiveSource = ({ pathname, searchParams }, at, facts) => {
  if (searchParams.get('apiKey') === null) return { status: 401, body: '{"message":"no key"}' };
  const isPast = pathname.startsWith('/v4/historical/');
  const seenAt = isPast ? snapshotAt(new Date(searchParams.get('date') ?? NaN), at) : at;
  if (seenAt === undefined) return { status: 422, body: '{"message":"date"}' };
  const path = pathname.replace(/^\/v4\/(?:historical\/)?/, '');
  const [from, to] = ['commenceTimeFrom', 'commenceTimeTo'].map(
    (name) => new Date(searchParams.get(name) ?? NaN),
  );
  const open = facts.games.filter(({ tipoffAt }) => tipoffAt > seenAt);
  const asked = open.filter(
    ({ tipoffAt }) => from === undefined || to === undefined || (tipoffAt >= from && tipoffAt <= to),
  );
  const markets = (searchParams.get('markets') ?? '').split(',');
  const answer = (data: unknown, credits: number): LiveAnswer => {
    const purse = purseOf(facts);
    purse.left -= credits;
    const headers = { 'x-requests-remaining': String(purse.left), 'x-requests-last': String(credits) };
    const timestamp = seenAt.toISOString().replace('.000', '');
    return json(isPast ? { timestamp, data } : data, headers);
  };
  const times = isPast ? 10 : 1;
  if (path === `${SPORT}/events`) return answer(asked.map(eventOf), isPast && asked.length > 0 ? 1 : 0);
  if (path === `${SPORT}/odds`) {
    const quoted = asked.map((game) => oddsOf(game, seenAt, markets));
    return answer(quoted, times * marketsIn(quoted));
  }
  const [, id] = /\/events\/([0-9a-f]{32})\/odds$/.exec(path) ?? [];
  const game = open.find((each) => eventIdOf(each) === id);
  if (game === undefined) return undefined;
  const quoted = oddsOf(game, seenAt, markets);
  return answer(quoted, times * marketsIn([quoted]));
};

/** The last snapshot at or before a past time. */
function snapshotAt(asked: Date, now: Date): Date | undefined {
  const step = SNAPSHOT_MINUTES * 60_000;
  const at = new Date(Math.floor(asked.getTime() / step) * step);
  return Number.isNaN(at.getTime()) || at > now ? undefined : at;
}

type Quoted = ReturnType<typeof oddsOf>;

function marketsIn(quoted: readonly Quoted[]): number {
  const keys = quoted.flatMap(({ bookmakers }) =>
    bookmakers.flatMap(({ markets }) => markets.map(({ key }) => key)),
  );
  return new Set(keys).size;
}

function eventOf(game: LiveGame) {
  return {
    id: eventIdOf(game),
    sport_key: 'basketball_nba',
    commence_time: game.tipoffAt.toISOString().replace('.000', ''),
    home_team: game.home,
    away_team: game.visitor,
  };
}

function oddsOf(game: LiveGame, at: Date, wanted: readonly string[]) {
  const seen = game.props.filter((row) => new Date(row['snapshot_utc'] ?? '') <= at);
  const bookmakers = BOOKS.map((key) => ({
    key,
    title: key,
    markets: [
      ...gameMarkets(game),
      market(
        'player_points',
        seen
          .filter((row) => row['bookmaker'] === key)
          .flatMap((row) => [
            quote('Over', row['over_price'], row['line'], row['player_name']),
            quote('Under', row['under_price'], row['line'], row['player_name']),
          ]),
      ),
    ].filter(({ key: each, outcomes }) => outcomes.length > 0 && wanted.includes(each)),
  })).filter(({ markets }) => markets.length > 0);
  return { ...eventOf(game), bookmakers };
}

function gameMarkets({ odds, home, visitor }: LiveGame) {
  const { spread_home: spread = '', total = '' } = odds;
  return [
    market(
      'spreads',
      spread === '' ? [] : [quote(home, '-110', spread), quote(visitor, '-110', String(-Number(spread)))],
    ),
    market('totals', total === '' ? [] : [quote('Over', '-110', total), quote('Under', '-110', total)]),
  ];
}

const market = (key: string, outcomes: readonly object[]) => ({ key, outcomes });

function quote(name: string, price: string | undefined, point: string | undefined, player?: string): object {
  const described = player === undefined ? {} : { description: player };
  return { name, ...described, price: Number(price), point: Number(point) };
}
