/** How often each host is asked on a whole live day, from the morning to the morning after, when everything is answered. */
import { afterAll, describe, expect, it } from 'vitest';
import { easternTimeOf } from '../../shared/domain/eastern-time.ts';
import { slotsOf } from '../../functions/control/due.ts';
import { addDays, gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { removeFolders } from '../support/homes.ts';
import { liveHome, type LiveHome } from '../support/live-home.ts';

const homes: LiveHome[] = [];
afterAll(async () => {
  for (const home of homes) await home.close();
  removeFolders();
});

interface Lived {
  readonly home: LiveHome;
  readonly date: GameDate;
  /** Source -> how often it was asked. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Lives the date with the fewest or the most games, a minute after each of its slots until the next morning. */
async function lived(wanted: 'fewest' | 'most'): Promise<Lived> {
  const teams = wanted === 'most' ? 30 : 4;
  const home = await liveHome({ seed: 3, firstSeason: 2021, teams, gamesPerTeam: 4 });
  homes.push(home);
  const { facts } = home.league;
  const bySize = [...new Set(facts.games.map((game) => game.date))].toSorted(
    (a, b) => facts.gamesOn(a).length - facts.gamesOn(b).length || (a < b ? -1 : 1),
  );
  const date = (wanted === 'most' ? bySize.at(-1) : bySize[0]) ?? expect.fail();
  const tipoffs = facts.gamesOn(date).map(({ tipoffAt }) => ({ tipoffAt: tipoffAt.toISOString() }));
  const end = Date.parse(`${addDays(date, 1)}T14:00:00Z`);
  const times = slotsOf({ date, games: tipoffs, season: null })
    .map(({ at }) => at.getTime() + 60_000)
    .filter((at) => at < end);
  for (const time of [...new Set(times)].sort((a, b) => a - b)) {
    const at = new Date(time);
    await home.at(gameDateOf(at), easternTimeOf(at));
  }
  const counts: Record<string, number> = {};
  for (const { source } of home.league.asked) counts[source] = (counts[source] ?? 0) + 1;
  return { home, date, counts };
}

describe('a whole live day', () => {
  it.each([
    ['fewest', { nba_cdn: 9, espn: 4, odds_api: 16, balldontlie: 0 }],
    ['most', { nba_cdn: 46, espn: 36, odds_api: 104, balldontlie: 0 }],
  ] as const)(
    'with the %s games asks each host no more than it must',
    async (wanted, most) => {
      const { home, date, counts } = await lived(wanted);
      console.log(`${home.league.facts.gamesOn(date).length} games on ${date}: ${JSON.stringify(counts)}`);
      for (const [source, limit] of Object.entries(most))
        expect(counts[source] ?? 0, source).toBeLessThanOrEqual(limit);
      const fetches = await listFetches(home.client, date);
      expect(fetches.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
      const states = await home.statesOf(date);
      for (const table of ['player_game_summary', 'team_offense_game_summary'])
        expect(states[table]?.status, table).toBe('success');
      // Before the last tip-off every table that is computed beforehand was there.
      for (const table of ['upcoming_team_game_context', 'upcoming_player_game_context'])
        expect(states[table]?.status, table).toBe('success');
    },
    300_000,
  );
});
