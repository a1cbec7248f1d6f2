/** How often each host is asked on a whole live day, from 06:00 to 06:00 of the day after, when everything is answered. */
import { describe, expect, it } from 'vitest';
import { slotsOf } from '../../functions/control/due.ts';
import nbaCdn from '../../functions/sources/nba_cdn/source.ts';
import type { Environment } from '../../shared/config.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { addDays } from '../../shared/domain/game-date.ts';
import { purseOf } from '../support/live-league/odds-api.ts';
import { KEYS_ALONE } from '../support/live-drills.ts';
import { historyBefore } from '../support/live-history.ts';
import { LIVED_DAYS } from '../support/live-days.ts';
import { liveWorld, withHistory } from '../support/live-world.ts';

const MINUTE = 60_000;
/** It is asked about each morning. */
const KNOWN_GAME = nbaCdn.canary.subject;
const DAYS = {
  many: LIVED_DAYS['a date with fifteen games'](1),
  one: LIVED_DAYS['a date with one game'](11),
} as const;
const histories = new Map<keyof typeof DAYS, ReturnType<typeof withHistory>>();

interface Lived {
  readonly games: number;
  /** Source -> how often it was asked. */
  readonly counts: Readonly<Record<string, number>>;
  /** What the questions to The Odds API have cost. */
  readonly credits: number;
  readonly statuses: readonly (string | undefined)[];
  readonly open: readonly string[];
}

/** Lives a date a minute after each of its slots. Questions about other games and dates alone do not count. */
async function lived(name: keyof typeof DAYS, env?: Environment): Promise<Lived> {
  const { season, date } = DAYS[name];
  const history = histories.get(name) ?? withHistory(historyBefore(season, date));
  histories.set(name, history);
  const begin = await history;
  const { league, at, statesOf, open } = liveWorld({
    ...{ season, begin: { ...begin, warehouse: begin.warehouse.copy() } },
    ...(env === undefined ? {} : { env }),
  });
  // A first look at the lines may be earlier than the day.
  const { left } = purseOf(league.facts);
  const games = league.facts.gamesOn(date);
  const tipoffs = games.map(({ tipoffAt }) => ({ tipoffAt: tipoffAt.toISOString() }));
  const [from = NaN, until = NaN] = [date, addDays(date, 1)].map((day) =>
    Date.parse(easternToUtc(`${day} 06:00`) ?? ''),
  );
  const times = slotsOf({ date, games: tipoffs, season: null }).map((slot) => slot.at.getTime() + MINUTE);
  // What was due in the morning and the night before is asked about first, and does not count.
  await at(new Date(from - 24 * 60 * MINUTE + MINUTE));
  await at(new Date(from - MINUTE));
  league.asked.length = 0;
  for (const time of [...new Set(times)].sort((a, b) => a - b))
    if (time >= from && time < until) await at(new Date(time));
  const counts: Record<string, number> = { nba_cdn: 0, espn: 0, balldontlie: 0, odds_api: 0 };
  const ids = games.map(({ id }) => id);
  for (const { source, path } of league.asked) {
    const [, game] = /_(002\d{7})\.json/.exec(path) ?? [];
    const [, day] = /[?&]dates?(?:\[\])?=([\d-]{10})/.exec(path) ?? [];
    const isOther =
      (game !== undefined && game !== KNOWN_GAME && !ids.includes(game)) ||
      (day !== undefined && day !== date);
    if (!isOther) counts[source] = (counts[source] ?? 0) + 1;
  }
  const states = await statesOf(date);
  return {
    ...{ games: games.length, counts, credits: left - purseOf(league.facts).left },
    statuses: ['upcoming_team_game_context', 'upcoming_player_game_context', 'ml_feature_store_v2'].map(
      (table) => states[table]?.status,
    ),
    open: await open(),
  };
}

/** The sources that the league has answers of. */
const ALL: Environment = {
  FULLCOURT_SOURCE_NBA_CDN_HEADERS: '{}',
  FULLCOURT_SOURCE_ESPN_HEADERS: '{}',
  ...KEYS_ALONE,
};

describe('a whole live day', () => {
  it.each([
    [
      "with fifteen games at seven times asks cdn.nba.com 32 times, ESPN 30 and Ball Don't Lie 4 times, and costs 29 credits",
      ...['many', ALL, { nba_cdn: 32, espn: 30, balldontlie: 4, odds_api: 21 }, 29],
    ],
    [
      "with fifteen games and keys alone asks Ball Don't Lie 12 times: 6 pages of players, 4 lists of the hurt, the games, and how they ended",
      ...['many', KEYS_ALONE, { nba_cdn: 0, espn: 0, balldontlie: 12, odds_api: 21 }, 29],
    ],
    [
      'with one game asks 12 times, one of them about the known game',
      ...['one', ALL, { nba_cdn: 4, espn: 2, balldontlie: 2, odds_api: 4 }, 5],
    ],
    [
      'with one game and keys alone asks 9 times',
      ...['one', KEYS_ALONE, { nba_cdn: 0, espn: 0, balldontlie: 5, odds_api: 4 }, 5],
    ],
  ] as const)(
    '%s',
    async (_, name, env, expected, expectedCredits) => {
      const { games, counts, credits, statuses, open } = await lived(name, env);
      console.log(`${games} games: ${JSON.stringify(counts)}, ${credits} credits`);
      expect([counts, credits]).toEqual([expected, expectedCredits]);
      expect([statuses, open]).toEqual([['success', 'success', 'success'], []]);
    },
    300_000,
  );
});
