/** The incident of the predecessor, replayed: phase 3 was backfilled through phase 3 only, and nobody saw that phase 4 stayed away. */
import { describe, expect, it } from 'vitest';
import type { Health } from '../../functions/control/health.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { copyOf } from '../support/homes.ts';
import { documentsIn } from '../support/look.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { worldFrom } from '../support/stepping.ts';
import { builtLeague, rawLeague } from '../support/tiny-league.ts';
import { builtWorld } from '../support/toy-worlds.ts';

const SEASON = '2021-22';

describe('health', () => {
  it('finds nothing in a league as it was built, and shows its last week', async () => {
    const { folder } = await builtLeague();
    const { code, document } = await cliJson<Health>(folder, 'health');
    expect([code, document.verdict, document.alarms]).toEqual([0, 'pass', []]);
    expect(document.layers.length).toBeGreaterThan(8);
    for (const { thisWeek } of document.layers) expect(thisWeek.games).toBe(thisWeek.expected);
    const { stdout } = await cli(folder, 'health', '--week');
    expect(stdout).toMatch(/ml_feature_store_v2 +4 +\d+ \/ \d+/);
  });

  it('F-08 fails while phase 4 is behind phase 3 anywhere in history; why and plan say it, and one request ends it', async () => {
    const home = copyOf(await rawLeague());
    await cliJson(home, 'backfill', '--season', SEASON, '--through', 'phase3');
    const { code, document } = await cliJson<Health>(home, 'health');
    expect([code, document.verdict]).toEqual([1, 'fail']);
    const [alarm, ...others] = document.alarms;
    expect([alarm?.kind, others]).toEqual(['phase4_short', []]);
    const date = alarm?.date ?? '';
    const why = await cliJson<{ cells: { causes: { table: string; kind: string }[] }[] }>(
      home,
      ...['why', date, 'player_composite_factors'],
    );
    expect(why.document.cells[0]?.causes).not.toEqual([]);
    for (const cause of why.document.cells[0]?.causes ?? []) expect(cause.kind).toBe('missing');
    const command = (alarm?.cure ?? '').split(' ').slice(1);
    const plan = await cliJson<{
      tables: { table: string; coverage: { expected: number; now: number; after: number } }[];
    }>(home, 'plan', ...command.slice(1));
    const factors = plan.document.tables.find(({ table }) => table === 'player_composite_factors');
    expect(factors?.coverage.now).toBe(0);
    expect(factors?.coverage.after).toBe(factors?.coverage.expected);

    expect((await cli(home, ...command)).code).toBe(0);
    const after = await cliJson<Health>(home, 'health');
    expect([after.code, after.document.alarms]).toEqual([0, []]);
  });

  it('is silent about what a person has muted, until the day that he has named, whatever the numbers are by then', async () => {
    const home = copyOf(await rawLeague());
    const { document } = await cliJson<Health>(home, 'health');
    const key = document.alarms[0]?.key ?? expect.fail('there is no alarm');
    const before = document.alarms.length;
    const words = ['--until', '2099-01-01', '--reason', 'nobody needs this season', '--by', 'ann'];
    for (const [args, says] of [
      [[key, '--until', '2001-01-01', '--reason', 'late'], 'is not after today'],
      [[key, '--until', '2099-01-01'], '--reason'],
      [[`${key}x`, ...words], `did you mean ${key}`],
    ] as const) {
      const refused = await cli(home, 'mute', ...args);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(says)]);
    }
    expect((await cli(home, 'mute', key, ...words)).code).toBe(0);
    const muted = await cliJson<Health>(home, 'health');
    expect(muted.document.alarms).toHaveLength(before);
    expect(muted.document.alarms.at(-1)).toMatchObject({ key, mute: { by: 'ann', until: '2099-01-01' } });
    expect(muted.document.verdict).toBe(before === 1 ? 'pass' : 'fail');
    const then = await cliJson<Health>(home, 'health', '--now', '2099-01-01T12:00:00Z');
    expect(then.document.alarms.find((alarm) => alarm.key === key)?.mute).toBeNull();
  });
});

describe('the daily look', () => {
  it('F-48 tells of an incident once, however many looks find it, and of its end', async () => {
    const world = await worldFrom(builtWorld());
    const letters = documentsIn(world, 'dead_letters').length;
    await world.publish(SWEEP_TOPIC, { depth: 'not a sweep', heal: 'maybe' });
    await world.settle();
    expect(documentsIn(world, 'dead_letters')).toHaveLength(letters + 1);
    for (let i = 0; i < 3; i += 1) {
      await world.publish(SWEEP_TOPIC, { heal: true });
      await world.settle();
    }
    const raised = world.events.filter(({ event }) => event === 'alarm_raised');
    expect(raised.map(({ code }) => code)).toEqual(['dead_letters']);
    for (const { id, data } of await world.store.list('dead_letters'))
      await world.store.transaction((tx) =>
        Promise.resolve(tx.set(`dead_letters/${id}`, { ...data, replayedAt: '2024-07-01T00:00:00.000Z' })),
      );
    await world.publish(SWEEP_TOPIC, { heal: true });
    await world.settle();
    expect(world.events.filter(({ event }) => event === 'alarm_cleared')).toHaveLength(1);
    expect(documentsIn(world, 'alarms')).toEqual([]);
  });
});
