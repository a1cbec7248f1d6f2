/** A backfill that begins with phase 2 asks live sources for what was never told, once, at the price that its plan has named. */
import { afterAll, describe, expect, it } from 'vitest';
import { plannedFetches } from '../../functions/control/planned-fetches.ts';
import { fetchesPlanned, planRequest } from '../../functions/control/plan.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { readFetchPlan } from '../../shared/state/backfill-fetches.ts';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { drawn } from '../support/draw.ts';
import { BOTH, historyWorld } from '../support/history-world.ts';
import { purseOf } from '../support/live-league/odds-api.ts';
import { proof } from '../support/proof.ts';

type History = Awaited<ReturnType<typeof historyWorld>>;
const worlds: History[] = [];
async function opened(...options: Parameters<typeof historyWorld>): Promise<History> {
  const history = await historyWorld(...options);
  worlds.push(history);
  return history;
}
afterAll(() => worlds.forEach(({ warehouse }) => warehouse.close()));

/** What the command `plan` says of a season. */
async function plannedIn({ world, config, season, now }: History, request: object = {}) {
  const { context, registry, archive } = world;
  const ports = { ...context.ports, registry, archive, config, policy: world.policy };
  const { request: normal } = await planRequest(ports, {
    season,
    from: 'phase2',
    through: 'phase2',
    ...request,
  });
  return fetchesPlanned(await plannedFetches(ports, config.sources, normal, now));
}

const TIMEOUT = 240_000;

describe('a season of which only schedule and box scores are archived', async () => {
  const history = await opened();
  const { league, season, dates, world } = history;
  const { games } = league.facts;

  it('has a plan with the price of each source, and what is not asked with what turns it', async () => {
    const plan = await plannedIn(history);
    const [cdn, odds] = ['nba_cdn', 'odds_api'].map((name) =>
      plan.sources.find(({ source }) => source === name),
    );
    expect(cdn).toMatchObject({
      targets: ['play_by_play'],
      requests: games.length,
      credits: 0,
      dates: dates.length,
    });
    expect(cdn?.seconds).toBeCloseTo(games.length * 0.7, 0);
    // The list of the games of a date costs one, the lines of a game 20, and those on its players 10.
    const credits = dates.length + 30 * games.length;
    expect(odds).toMatchObject({ targets: ['game_lines', 'player_lines'], credits, creditsLeft: null });
    expect(odds?.requests).toBe(dates.length + 2 * games.length);
    expect(plan.leftOut).toContainEqual(
      expect.objectContaining({ target: 'gamebook', reason: 'off', source: 'nba_gamebook', dates }),
    );
    expect(league.asked).toEqual([]);
  });

  it(
    'is asked for once, and loaded',
    async () => {
      const before = purseOf(league.facts).left;
      const priced = await plannedIn(history);
      const backfill = await history.backfilled({ season });
      for (const [question, times] of history.counts()) expect(times, question).toBe(1);
      const ofCdn = league.asked.filter(({ source }) => source === 'nba_cdn');
      expect(ofCdn.map(({ path }) => path).sort()).toEqual(
        games.map(({ id }) => `/static/json/liveData/playbyplay/playbyplay_${id}.json`).sort(),
      );
      expect(before - purseOf(league.facts).left).toBeLessThanOrEqual(priced.credits);
      expect(backfill.fetches).toMatchObject({ planned: dates.length, done: dates.length });
      for (const date of dates)
        for (const table of ['nbac_play_by_play', 'odds_api_game_lines'])
          expect(await history.rowsOn(table, date), `${table} ${date}`).toBeGreaterThan(0);
      // The reports of the league are not among the sources of this world: that is said, and no date waits for it.
      expect(backfill.verdict).toContain('no source has told injuries of');
      expect(backfill.state).toBe('done_with_failures');
    },
    TIMEOUT,
  );

  it('has lines as they were just before each tip-off', async () => {
    const answer = await history.warehouse.query(
      "SELECT DISTINCT minutes_before_tipoff AS minutes FROM nba_raw.odds_api_game_lines WHERE game_date BETWEEN DATE '2023-10-01' AND DATE '2024-09-30'",
    );
    expect(answer.ok && answer.value.map(({ minutes }) => Number(minutes))).toEqual([10]);
  });

  it(
    'is not asked for again by another request',
    async () => {
      league.asked.length = 0;
      await history.backfilled({
        season,
        tables: ['nbac_play_by_play', 'odds_api_game_lines', 'odds_api_player_points_props'],
      });
      expect(league.asked).toEqual([]);
      expect((await plannedIn(history)).sources.map(({ source }) => source)).toEqual(['nba_injuries']);
    },
    TIMEOUT,
  );

  it('leaves no fetch open', async () => {
    expect((await listFetches(world)).filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
  });
});

describe.skipIf(proof === 'small')(
  'a handler that dies at each of its calls once, and messages that come twice',
  () => {
    it(
      'ask nothing twice but what was under way between an answer and its record',
      async () => {
        const faults = { ...NO_FAULTS, steps: 20_000, duplicate: 0.5, loseAck: 0.1 };
        const seed = drawn('backfill fetches').below(1000);
        const history = await opened({ env: { FULLCOURT_ALLOW_UNKEYED: '1' }, seed, faults });
        const { season, league, dates, world } = history;
        const died = new Set<string>();
        world.setTrap((point, subscription) => {
          if (subscription !== 'nba-phase1-backfill-sub' || died.has(point)) return undefined;
          died.add(point);
          return 'die';
        });
        const backfill = await history.backfilled({ season, tables: ['nbac_play_by_play'] });
        expect(backfill.state, `seed ${seed}: ${backfill.verdict ?? ''}`).toBe('done');
        expect(died.size).toBeGreaterThan(8);
        const unrecorded = ['after asking a source', 'archive.put', 'archive.write'].filter((point) =>
          died.has(point),
        );
        const { length: games } = league.facts.games;
        expect(history.counts().size).toBe(games);
        expect(league.asked.length).toBeLessThanOrEqual(games + unrecorded.length);
        for (const date of dates)
          expect(await history.rowsOn('nbac_play_by_play', date), date).toBeGreaterThan(0);
      },
      TIMEOUT,
    );
  },
);

describe.skipIf(proof === 'small')('what is not asked', () => {
  it(
    'is what a request says: only its tables, nothing with fetch off, nothing for stale dates',
    async () => {
      const history = await opened();
      const { season, league } = history;
      await history.backfilled({ season, fetch: false });
      await history.backfilled({ season, only: 'stale' });
      await history.backfilled({ season, tables: ['nbac_player_boxscores'] });
      expect(league.asked).toEqual([]);
      await history.backfilled({ season, tables: ['nbac_play_by_play'] });
      expect(new Set(league.asked.map(({ source }) => source))).toEqual(new Set(['nba_cdn']));
    },
    TIMEOUT,
  );

  it(
    'is what would go below the floor of credits; the dates are named',
    async () => {
      const history = await opened({ env: { ...BOTH, FULLCOURT_SOURCE_ODDS_API_FLOOR: '4000' } });
      const { season, dates, league } = history;
      const [first = expect.fail()] = dates;
      const tables = ['odds_api_game_lines', 'odds_api_player_points_props'];
      await history.backfilled({ dates: [first], tables });
      const purse = purseOf(league.facts);
      // Enough for the lists and lines of one more date with a game or two, and for no third one.
      const gamesOf = (date: string): number => league.facts.gamesOn(date).length;
      const [, second = expect.fail(), ...rest] = dates;
      purse.left = 4000 + 1 + 30 * gamesOf(second) + 1;
      await history.world.context.ports.store.transaction(async (tx) => {
        const known = await tx.get<Record<string, unknown>>('sources/odds_api');
        tx.set('sources/odds_api', {
          ...known,
          credits: { left: purse.left, at: '2025-02-01T12:00:00.000Z' },
        });
      });
      const planned = await plannedIn(history, { tables });
      const floor = planned.leftOut.filter(({ reason }) => reason === 'floor');
      expect(new Set(floor.flatMap((each) => each.dates))).toEqual(new Set(rest));
      const backfill = await history.backfilled({ season, tables });
      expect(purse.left).toBeGreaterThanOrEqual(4000);
      expect(backfill.state).toBe('done');
      expect(backfill.verdict).toContain(`game lines of ${rest.length} dates (${rest[0] ?? ''}`);
      expect(backfill.verdict).toContain('4000 credits are kept (FULLCOURT_SOURCE_ODDS_API_FLOOR)');
    },
    TIMEOUT,
  );
});

describe.skipIf(proof === 'small')('a source that does not answer', () => {
  it(
    'ends the backfill with a verdict; the same request asks for what is lacking alone',
    async () => {
      const history = await opened({ env: { FULLCOURT_ALLOW_UNKEYED: '1' } });
      const { season, league, dates } = history;
      const lost = league.facts.games.find(({ date }) => date === dates.at(-1))?.id ?? expect.fail();
      league.fail(({ path }) => (path.includes(lost) ? { status: 500, body: '' } : undefined));
      const tables = ['nbac_play_by_play'];
      const failed = await history.backfilled({ season, tables });
      expect(failed.state).toBe('done_with_failures');
      expect(failed.verdict).toContain(`no source has told play by play of 1 date (${dates.at(-1) ?? ''})`);
      expect(failed.fetches?.failed).toEqual([dates.at(-1)]);
      league.fail(undefined);
      league.asked.length = 0;
      expect((await history.backfilled({ season, tables })).state).toBe('done');
      expect(league.asked.map(({ path }) => path)).toEqual([
        `/static/json/liveData/playbyplay/playbyplay_${lost}.json`,
      ]);
    },
    TIMEOUT,
  );

  it(
    'is told of when a person cancels: what was told stays, nothing more is asked',
    async () => {
      const history = await opened({ env: { FULLCOURT_ALLOW_UNKEYED: '1' } });
      const { season, league, world } = history;
      const id = await world.request({
        season,
        from: 'phase2',
        through: 'phase2',
        tables: ['nbac_play_by_play'],
      });
      await world.run(() => league.asked.length > 0);
      await world.cancel(id);
      await world.settle();
      const ended = await world.backfill(id);
      expect([ended?.state, (await readFetchPlan(world, id))?.items.length]).toEqual([
        'cancelled',
        history.dates.length,
      ]);
      expect(league.asked.length).toBeLessThan(league.facts.games.length);
    },
    TIMEOUT,
  );
});
