/** The live sources of a simulated season say at each moment what is known then, in the shapes that our parsers read. */
import { afterAll, expect, it } from 'vitest';
import { askerOf } from '../../functions/sources/ask.ts';
import { SOURCES } from '../../functions/sources/index.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { undiciHttp } from '../../shared/adapters/http/undici-http.ts';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import { liveLeague, serveLeague } from '../support/live-league/index.ts';

let now = new Date();
const league = liveLeague({ seed: 7, firstSeason: 2021, teams: 6, gamesPerTeam: 6 }, () => now);
const served = await serveLeague(league);
afterAll(() => served.close());

const DATE = league.facts.games[6]?.date ?? expect.fail();
const games = league.facts.gamesOn(DATE);
const [game] = games;
if (game === undefined) throw new Error('no game');

const http = undiciHttp();

/** What a source answers over a network at a moment. */
async function ask(name: string, endpoint: string, subject: string, at: Date) {
  now = at;
  const source = SOURCES.find((each) => each.name === name) ?? expect.fail();
  const asking = {
    ...{ http, wait: () => Promise.resolve(), random: () => 0.5 },
    ...{ now: at, clock: () => at, store: memoryStore() },
  };
  const asker = askerOf(asking, source, { address: served.addressOf(name), key: 'a-key' });
  const asked = await asker(endpoint, subject);
  const lines = (kind: string): number => {
    const { text = '' } = textOfSource(
      `${asked.name}#${kind}`,
      asked.bytes ?? expect.fail(asked.detail ?? ''),
    );
    return text.trim().split('\n').length - 1;
  };
  return { ...asked, lines };
}

const minutesAfter = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * 60_000);

it('the schedule has the scores of the games that are over', async () => {
  const scoresAt = async (at: Date): Promise<number> => {
    const { bytes } = await ask('nba_cdn', 'schedule', league.facts.season, at);
    const { text = '' } = textOfSource(
      `nba_cdn.schedule.${league.facts.season}.json`,
      bytes ?? expect.fail(),
    );
    return text.split('\n').filter((line) => /,\d+,\d+,,/.test(line)).length;
  };
  const before = league.facts.games.filter(({ date }) => date < DATE).length;
  expect(await scoresAt(game.tipoffAt)).toBe(before);
  expect(await scoresAt(minutesAfter(game.tipoffAt, 8 * 60))).toBe(before + games.length);
});

it.each(['boxscore', 'playbyplay'])(
  'the %s of a game is there when the game has begun, and whole when it is over',
  async (endpoint) => {
    const statusAt = async (minutes: number): Promise<string> =>
      (await ask('nba_cdn', endpoint, game.id, minutesAfter(game.tipoffAt, minutes))).status;
    expect([await statusAt(-1), await statusAt(60), await statusAt(150)]).toEqual([
      'not_yet',
      'not_yet',
      'fetched',
    ]);
  },
);

it('a roster has the players of the team', async () => {
  const { status, lines } = await ask(
    'espn',
    'roster',
    `${game.home}-${DATE}`,
    minutesAfter(game.tipoffAt, -600),
  );
  expect([status, lines('team_roster')]).toEqual(['fetched', league.facts.rosterOf(game.home, DATE).length]);
});

it('bookmakers quote games until they begin, and players as time goes on', async () => {
  const leadsAt = async (minutes: number): Promise<readonly string[]> =>
    (await ask('odds_api', 'events', DATE, minutesAfter(game.tipoffAt, minutes))).leads;
  expect(await leadsAt(-600)).toHaveLength(games.length);
  expect(await leadsAt(24 * 60)).toHaveLength(0);
  const [, lead = ''] = [await leadsAt(-600), (await leadsAt(-1))[0]];
  const early = await ask(
    'odds_api',
    'odds',
    String((await leadsAt(-3000))[0]),
    minutesAfter(game.tipoffAt, -3000),
  );
  const late = await ask('odds_api', 'odds', lead, minutesAfter(game.tipoffAt, -1));
  expect(early.lines('event_lines')).toBe(late.lines('event_lines'));
  expect(early.lines('event_props')).toBe(0);
  expect(late.lines('event_props')).toBeGreaterThan(0);
});

it('what goes wrong is done by a script, and told as it is', async () => {
  const script = ['hang', { status: 403, body: '<html></html>' }, 'unreachable'] as const;
  const seen: string[] = [];
  for (const fault of script) {
    league.fail(() => fault);
    seen.push((await league.http.ask({ url: `${league.addressOf('espn')}/x`, headers: {} })).kind);
  }
  league.fail(undefined);
  expect(seen).toEqual(['nothing', 'answer', 'nothing']);
  expect(league.asked.at(-1)).toEqual({ source: 'espn', path: '/x', at: now });
});
