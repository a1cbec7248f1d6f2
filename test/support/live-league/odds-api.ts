/** The Odds API: the games that have not begun, and what bookmakers quote on each of them at the moment. */
import { json, type LiveAnswer, type LiveSource } from './answers.ts';
import type { LiveGame } from './facts.ts';

const SPORT = '/v4/sports/basketball_nba';
const BOOKS = ['betmgm', 'draftkings', 'fanduel'];
const LEFT = { 'x-requests-remaining': '4321', 'x-requests-used': '179' };

/** The id of a game at The Odds API: 32 hexadecimal digits. */
const eventIdOf = (game: LiveGame): string => game.id.padStart(32, '0');

export const oddsApi: LiveSource = ({ pathname, searchParams }, at, facts) => {
  if (searchParams.get('apiKey') === null) return { status: 401, body: '{"message":"no key"}' };
  const open = facts.games.filter(({ tipoffAt }) => tipoffAt > at);
  if (pathname === `${SPORT}/events`) {
    const [from = '', to = ''] = ['commenceTimeFrom', 'commenceTimeTo'].map(
      (name) => searchParams.get(name) ?? '',
    );
    const asked = open.filter(({ tipoffAt }) => tipoffAt >= new Date(from) && tipoffAt <= new Date(to));
    return json(asked.map(eventOf), LEFT);
  }
  const [, id] = /\/events\/([0-9a-f]{32})\/odds$/.exec(pathname) ?? [];
  const game = open.find((each) => eventIdOf(each) === id);
  return game === undefined ? undefined : oddsOf(game, at);
};

function eventOf(game: LiveGame): object {
  return {
    id: eventIdOf(game),
    sport_key: 'basketball_nba',
    commence_time: game.tipoffAt.toISOString().replace('.000', ''),
    home_team: game.home,
    away_team: game.visitor,
  };
}

function oddsOf(game: LiveGame, at: Date): LiveAnswer {
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
    ].filter(({ outcomes }) => outcomes.length > 0),
  })).filter(({ markets }) => markets.length > 0);
  return json({ ...eventOf(game), bookmakers }, LEFT);
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
