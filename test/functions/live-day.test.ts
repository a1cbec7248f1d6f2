/** A night flows by itself: fetches fall due by the clock, sources answer, and what follows is built without anybody's request. */
import { afterAll, describe, expect, it } from 'vitest';
import { easternTimeOf } from '../../shared/domain/eastern-time.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import type { LeagueOptions } from '../../scripts/simulate/league.ts';
import { fetchesOf, listFetches, type FetchDocument } from '../../shared/state/fetches.ts';
import { removeFolders } from '../support/homes.ts';
import { liveHome, type LiveHome } from '../support/live-home.ts';

const LEAGUE: LeagueOptions = { seed: 5, firstSeason: 2021, teams: 6, gamesPerTeam: 12 };

const homes: LiveHome[] = [];
async function newHome(...given: Parameters<typeof liveHome>): Promise<LiveHome> {
  const home = await liveHome(...given);
  homes.push(home);
  return home;
}
afterAll(async () => {
  for (const home of homes) await home.close();
  removeFolders();
});

const datesOf = ({ league }: LiveHome): GameDate[] =>
  [...new Set(league.facts.games.map(({ date }) => date))].sort();

/** Statuses of some tables of a date. */
async function statuses(home: LiveHome, date: GameDate, ...tables: string[]): Promise<string[]> {
  const states = await home.statesOf(date);
  return tables.map((table) => states[table]?.status ?? 'none');
}

const asks = ({ asks: all }: FetchDocument) =>
  all.map(({ source, targets, fallbackFor, failed }) => [
    source,
    targets.join(' '),
    fallbackFor,
    failed.join(' '),
  ]);

/** The last fetch of an occasion that was due for a date. */
async function lastFetch({ client }: LiveHome, date: GameDate, occasion: string): Promise<FetchDocument> {
  const found = (await listFetches(client, date)).filter((fetch) => fetch.occasion === occasion);
  return found.at(-1) ?? expect.fail(`no fetch ${occasion} of ${date}`);
}

const PLAYED = ['team_offense_game_summary', 'team_defense_game_summary', 'player_game_summary'];
const BEFORE = ['upcoming_team_game_context', 'upcoming_player_game_context'];

describe('the live day of an empty home', async () => {
  const home = await newHome(LEAGUE);
  const [opening = expect.fail(), second = expect.fail()] = datesOf(home);
  const askedFor = (part: string): number =>
    home.league.asked.filter(({ path }) => path.includes(part)).length;

  it('begins with the known game and the schedule, and asks for the rosters of those who play', async () => {
    await home.at(opening, '06:02');
    expect(home.league.asked.slice(0, 2).map(({ path }) => path)).toEqual([
      '/static/json/liveData/boxscore/boxscore_0022500775.json',
      '/static/json/staticData/scheduleLeagueV2.json',
    ]);
    const fetch = await lastFetch(home, opening, 'morning');
    expect(asks(fetch)).toEqual([
      ['nba_cdn', 'schedule', null, ''],
      ['espn', 'roster', null, ''],
    ]);
    expect([fetch.isAnswered, fetch.unanswered]).toEqual([true, []]);
    expect(await statuses(home, opening, 'nbac_schedule', ...BEFORE)).toEqual(Array(3).fill('success'));
    // Nobody was seen before, so that some names of the rosters may be of nobody who is known.
    expect(['success', 'partial']).toContain((await statuses(home, opening, 'espn_team_rosters'))[0]);
  });

  it('asks for nothing twice', async () => {
    home.league.asked.length = 0;
    await home.at(opening, '06:07');
    expect(home.league.asked).toEqual([]);
  });

  it('builds lines that move before tip-off into the tables of the date', async () => {
    const before = (await home.statesOf(opening))['upcoming_player_game_context'];
    const [game] = home.league.facts.gamesOn(opening);
    const tip = game?.tipoffAt ?? expect.fail();
    const closing = easternTimeOf(new Date(tip.getTime() - 9 * 60_000));
    await home.at(opening, closing);
    const lines = await statuses(home, opening, 'odds_api_game_lines', 'odds_api_player_points_props');
    // Nobody has played yet, so that some names are unknown.
    expect([lines[0], ['success', 'partial'].includes(lines[1] ?? '')]).toEqual(['success', true]);
    await home.at(
      opening,
      closing.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
    );
    const after = (await home.statesOf(opening))['upcoming_player_game_context'];
    expect(after?.stale).toBeNull();
    expect(after?.outputFingerprint).not.toBe(before?.outputFingerprint);
  });

  it('after its games builds what was played, and what is known of the next date', async () => {
    await home.at(addDays(opening, 1), '02:02');
    expect(askedFor('boxscore_')).toBe(home.league.facts.gamesOn(opening).length);
    expect(await statuses(home, opening, 'nbac_game_results', 'nbac_player_boxscores', ...PLAYED)).toEqual(
      Array(5).fill('success'),
    );
    await home.at(second, '06:02');
    expect(['success', 'empty']).toContain((await statuses(home, second, BEFORE[1] ?? ''))[0]);
    expect(await statuses(home, second, BEFORE[0] ?? '')).toEqual(['success']);
  });

  it('asks no more for box scores that are there, until they are read again for corrections', async () => {
    home.league.asked.length = 0;
    await home.at(addDays(opening, 1), '08:02');
    expect(askedFor('boxscore_')).toBe(0);
    await home.at(addDays(opening, 1), '11:02');
    expect(askedFor('boxscore_')).toBeGreaterThan(0);
  });
});

describe('a day on which the first source hangs', async () => {
  const home = await newHome(LEAGUE);
  const [opening = expect.fail(), second = expect.fail()] = datesOf(home);

  it('is told by the next one in order, and the first is tried again at its next slot', async () => {
    await home.at(opening, '06:02');
    home.league.fail(({ source }) => (source === 'nba_cdn' ? 'hang' : undefined));
    await home.at(addDays(opening, 1), '02:02');
    const fetch = await lastFetch(home, opening, 'box_scores');
    expect(asks(fetch)).toContainEqual(['balldontlie', 'player_box', 'nba_cdn', '']);
    // Its players have no ids of the league, and nobody was seen before: some names are unknown.
    const [told] = await statuses(home, opening, 'bdl_player_boxscores');
    expect(['success', 'partial']).toContain(told);
    home.league.fail(undefined);
    // The source is left alone for a while after it was silent.
    await home.at(addDays(opening, 1), '06:02');
    await home.at(addDays(opening, 1), '08:02');
    expect(await statuses(home, opening, 'nbac_player_boxscores', ...PLAYED)).toEqual(
      Array(4).fill('success'),
    );
  });

  it('leaves no fetch open', async () => {
    await home.at(second, '06:02');
    const all = await listFetches(home.client);
    expect(all.length).toBeGreaterThan(3);
    expect(all.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
    const ids = all.map(({ fetchId }) => fetchId);
    expect((await fetchesOf(home.client, ids)).map((fetch) => fetch?.fetchId)).toEqual(ids);
  });
});

describe.each([
  ['nba_cdn', 'schedule', 'balldontlie'],
  ['espn', 'roster', 'balldontlie'],
] as const)('a morning on which %s is silent', async (first, target, second) => {
  const home = await newHome(LEAGUE);
  const [opening = expect.fail()] = datesOf(home);
  // Who is hurt is asked by the hour, whoever tells the rest.
  const askedOf = (source: string): number =>
    home.league.asked.filter((each) => each.source === source && !each.path.includes('player_injuries'))
      .length;
  const tellers = async (): Promise<unknown[]> =>
    asks(await lastFetch(home, opening, 'morning')).filter(([, targets]) => targets === target);

  it('is told by the next source', async () => {
    home.league.fail(({ source }) => (source === first ? 'hang' : undefined));
    await home.at(opening, '06:02');
    expect(await tellers()).toEqual([
      [first, target, null, target],
      [second, target, first, ''],
    ]);
  });

  it('asks the first source again later, and the next one only once', async () => {
    home.league.asked.length = 0;
    await home.at(opening, '08:02');
    expect(await tellers()).toEqual([[first, target, null, target]]);
    expect([askedOf(first) > 0, askedOf(second)]).toEqual([true, 0]);
    expect((await lastFetch(home, opening, 'morning')).unanswered).toEqual([]);
  });

  it('is told by the first source when it is back, and is over then', async () => {
    home.league.fail(undefined);
    await home.at(opening, '10:02');
    expect(await tellers()).toEqual([[first, target, null, '']]);
    home.league.asked.length = 0;
    await home.at(opening, '12:02');
    expect([askedOf(first), askedOf(second)]).toEqual([0, 0]);
  });
});
