/** What a backfill asks for, what blocks it, and how it treats live work and closed gates. */
import { describe, expect, it } from 'vitest';
import type { Action } from '../../shared/domain/decide/action.ts';
import { decideBackfill } from '../../shared/domain/decide/backfill.ts';
import type { BackfillWork } from '../../shared/domain/decide/backfill-survey.ts';
import { refName, type GateVerdict } from '../../shared/domain/partition.ts';
import { planBackfill, type Batch } from '../../shared/domain/plan.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import { DATES, day, except, never, viewOf, type Differently } from '../support/view-of.ts';
import { partition } from '../support/partitions.ts';

const NOW = '2024-07-01T12:00:00.000Z';
const work = (batches: readonly Batch[], change: Partial<BackfillWork> = {}): BackfillWork => ({
  id: 'bf',
  batches,
  planKind: 'main',
  maxInFlight: 9,
  failed: new Set(),
  now: NOW,
  ...change,
});
const batch = (table: string, ...days: number[]): Batch => ({ table, dates: days.map(day) });
const name = (table: string, n: number): string => `${table}@${day(n)}`;
/** `table@date` of every run that is asked for, in order. */
const asked = (actions: readonly Action[]): string[] =>
  actions.flatMap((action) =>
    action.kind === 'request run'
      ? action.dates.map(({ date }) => refName({ table: action.table, date }))
      : [],
  );
const missing = (...names: string[]): Differently =>
  except(Object.fromEntries(names.map((each) => [each, null])));
const ours = { backfillId: 'bf', runId: 'r1' };

describe('what a backfill asks for next', () => {
  it('is ready, ascending by date, and of one date the table that others read first', () => {
    const gaps = missing(
      name('zone_defense', 14),
      name('shot_zones', 14),
      name('shot_zones', 15),
      name('zone_defense', 17),
    );
    const batches = [
      batch('zone_defense', 17),
      batch('shot_zones', 14),
      batch('shot_zones', 15),
      batch('zone_defense', 14),
    ];
    const plan = batches.toSorted((a, b) => ((a.dates[0] ?? '') < (b.dates[0] ?? '') ? -1 : 1));
    const { actions, finished } = decideBackfill(viewOf({ differently: gaps }), work(plan));

    expect(asked(actions).slice(0, 2)).toEqual([name('zone_defense', 14), name('shot_zones', 14)]);
    expect(finished).toBe(false);
  });

  it('carries the fingerprint of the inputs it is to be built from', () => {
    const view = viewOf({ differently: missing(name('zone_defense', 14)) });
    const { actions } = decideBackfill(view, work([batch('zone_defense', 14)]));
    const inputs = evaluate(view).inputsSeen(view.registry.get('zone_defense'), day(14));

    expect(actions).toEqual([
      { kind: 'request run', table: 'zone_defense', dates: [{ date: day(14), ...inputs }] },
    ]);
  });

  it.each([0, 1, 2, 3])('is at most %i batches at once', (maxInFlight) => {
    const gaps = missing(...['zone_defense', 'shot_zones', 'team_context'].map((table) => name(table, 14)));
    const batches = ['team_context', 'zone_defense', 'shot_zones'].map((table) => batch(table, 14));

    expect(
      asked(decideBackfill(viewOf({ differently: gaps }), work(batches, { maxInFlight })).actions),
    ).toHaveLength(maxInFlight);
  });

  it('counts what it has under way, not what others have', () => {
    const batches = ['team_context', 'zone_defense', 'shot_zones'].map((table) => batch(table, 14));
    const underWay = (backfillId: string): Differently =>
      except({
        [name('team_context', 14)]: never('running', { backfillId, runId: 'r1' }),
        [name('zone_defense', 14)]: null,
        [name('shot_zones', 14)]: null,
      });

    expect(
      asked(
        decideBackfill(viewOf({ differently: underWay('bf') }), work(batches, { maxInFlight: 2 })).actions,
      ),
    ).toHaveLength(1);
    expect(
      asked(
        decideBackfill(viewOf({ differently: underWay('other') }), work(batches, { maxInFlight: 2 })).actions,
      ),
    ).toHaveLength(2);
  });

  it('waits until what it reads has been built by the same backfill', () => {
    const batches = [batch('zone_defense', 14), batch('feature_store', 14)];
    const gaps = missing(name('zone_defense', 14), name('feature_store', 14));
    const first = decideBackfill(viewOf({ differently: gaps }), work(batches));
    expect(asked(first.actions)).toEqual([name('zone_defense', 14)]);
    expect(first.partitions.get(name('feature_store', 14))).toBe('waiting');
    const done = except({ [name('zone_defense', 14)]: ours, [name('feature_store', 14)]: null });
    const second = decideBackfill(viewOf({ differently: done }), work(batches));

    expect(asked(second.actions)).toEqual([name('feature_store', 14)]);
    expect(second.partitions.get(name('zone_defense', 14))).toBe('done');
  });

  it('waits until other work has built what it reads', () => {
    const other = except({
      [name('zone_defense', 14)]: never('running', { backfillId: 'other' }),
      [name('feature_store', 14)]: null,
    });
    const { actions, finished } = decideBackfill(
      viewOf({ differently: other }),
      work([batch('feature_store', 14)]),
    );

    expect(actions).toEqual([]);
    expect(finished).toBe(false);
  });

  it('skips what is already built from the same inputs, also by other work', () => {
    const { actions, finished, progress } = decideBackfill(viewOf(), work([batch('zone_defense', 14, 15)]));

    expect(actions).toEqual([]);
    expect(finished).toBe(true);
    expect(progress).toEqual([
      { table: 'zone_defense', planned: 2, done: 0, failed: 0, unchanged: 2, running: 0 },
    ]);
  });

  it('does not build again what it has built, even when inputs have changed since', () => {
    const differently = except({ [name('zone_defense', 14)]: { ...ours, inputFingerprint: 'old.old' } });

    expect(decideBackfill(viewOf({ differently }), work([batch('zone_defense', 14)])).finished).toBe(true);
    expect(
      asked(
        decideBackfill(viewOf({ differently }), work([batch('zone_defense', 14)], { planKind: 'restate' }))
          .actions,
      ),
    ).toEqual([name('zone_defense', 14)]);
  });

  it('builds what is current when it is forced, until it is newer than the force', () => {
    const forcedSince = new Map([[name('zone_defense', 14), 1]]);
    const decide = (token: number) =>
      decideBackfill(
        viewOf({ differently: except({ [name('zone_defense', 14)]: { token } }) }),
        work([batch('zone_defense', 14)], { forcedSince }),
      );

    expect(asked(decide(1).actions)).toEqual([name('zone_defense', 14)]);
    expect(asked(decide(2).actions)).toEqual([]);
    expect(decide(2).finished).toBe(true);
  });

  it('names inputs that a person has accepted as missing', () => {
    const view = viewOf({
      acceptMissing: true,
      differently: except({ [name('zone_defense', 14)]: never('failed'), [name('feature_store', 14)]: null }),
    });
    const { actions } = decideBackfill(view, work([batch('feature_store', 14)]));

    expect(actions).toMatchObject([
      { kind: 'request run', dates: [{ date: day(14), accepted: [name('zone_defense', 14)] }] },
    ]);
  });
});

describe('what a failure holds up', () => {
  const differently = except({
    [name('zone_defense', 14)]: never('failed', ours),
    ...Object.fromEntries(
      DATES.filter((date) => date >= day(14)).map((date) => [`feature_store@${date}`, null]),
    ),
    [name('daily_cache', 14)]: null,
  });
  const failed = new Set([name('zone_defense', 14)]);
  const batches = [
    batch('zone_defense', 14),
    batch('daily_cache', 14),
    batch('feature_store', 14),
    batch('feature_store', 15),
  ];

  it('is every partition that reads it, by name, and no other', () => {
    const view = viewOf({ differently });
    const { actions, partitions } = decideBackfill(view, work(batches, { failed }));
    expect(asked(actions)).toContain(name('daily_cache', 14));
    expect(partitions.get(name('zone_defense', 14))).toBe('failed');
    // The reader waits for daily_cache first. Once that is built, the reader is blocked by the failed
    // partition.
    const settled: Differently = (table, date) =>
      table === 'daily_cache' && date === day(14) ? ours : differently(table, date);
    const after = decideBackfill(viewOf({ differently: settled }), work(batches, { failed }));

    expect(after.actions.filter(({ kind }) => kind === 'block')).toEqual([
      {
        kind: 'block',
        ref: { table: 'feature_store', date: day(14) },
        for: [{ table: 'zone_defense', date: day(14) }],
      },
    ]);
    expect(asked(after.actions)).toEqual([name('feature_store', 15)]);
    expect(after.partitions.get(name('feature_store', 14))).toBe('failed');
    expect(after.finished).toBe(false);
  });

  it('leaves the other dates of a batch to be built', () => {
    const settled: Differently = (table, date) => (table === 'daily_cache' ? ours : differently(table, date));
    const { actions } = decideBackfill(
      viewOf({ differently: settled }),
      work([batch('zone_defense', 14), batch('feature_store', 14, 15, 17)], { failed }),
    );

    expect(asked(actions)).toEqual([name('feature_store', 15), name('feature_store', 17)]);
  });

  it('goes down from table to table until everything is resolved', () => {
    const lost = except({
      [name('shot_zones', 14)]: never('failed', ours),
      [name('daily_cache', 14)]: null,
      [name('feature_store', 14)]: null,
    });
    const { actions, finished, progress } = decideBackfill(
      viewOf({ differently: lost }),
      work([batch('shot_zones', 14), batch('daily_cache', 14), batch('feature_store', 14)], {
        failed: new Set([name('shot_zones', 14)]),
      }),
    );

    expect(asked(actions)).toEqual([]);
    expect(actions.map((action) => (action.kind === 'block' ? refName(action.ref) : action.kind))).toEqual([
      name('daily_cache', 14),
      name('feature_store', 14),
    ]);
    expect(finished).toBe(true);
    expect(progress.map(({ failed: n }) => n)).toEqual([1, 1, 1]);
  });
});

describe('what the live lane has taken on', () => {
  const want = { through: 'phase4', correlationId: 'live-1' };

  it('is not asked for by a backfill, nor given up', () => {
    const differently = except({ [name('feature_store', 14)]: never('waiting', { want }) });
    const { actions, finished } = decideBackfill(viewOf({ differently }), work([batch('feature_store', 14)]));

    expect(actions).toEqual([]);
    expect(finished).toBe(false);
  });

  it('is waited for by its readers', () => {
    const differently = except({
      [name('zone_defense', 14)]: never('waiting', { want }),
      [name('feature_store', 14)]: null,
    });
    const { actions, partitions } = decideBackfill(
      viewOf({ differently }),
      work([batch('feature_store', 14)]),
    );

    expect(actions).toEqual([]);
    expect(partitions.get(name('feature_store', 14))).toBe('waiting');
  });
});

describe('a closed gate', () => {
  const gate = (retryAt: string): GateVerdict => ({
    gate: 'quota',
    verdict: 'blocked',
    detail: 'none left',
    checkedAt: NOW,
    retryAt,
  });

  it.each([
    ['is not asked before its time', '2024-07-01T12:00:00.001Z', []],
    ['is asked again when its time has come', '2024-07-01T12:00:00.000Z', [name('zone_defense', 14)]],
  ])('%s', (_what, retryAt, expected) => {
    const differently = except({ [name('zone_defense', 14)]: never('blocked', { gates: [gate(retryAt)] }) });
    const { actions, finished } = decideBackfill(viewOf({ differently }), work([batch('zone_defense', 14)]));

    expect(asked(actions)).toEqual(expected);
    expect(finished).toBe(false);
  });
});

describe('a whole backfill, decided again and again', () => {
  it('builds every partition of its plan once, each after all it reads, and ends', () => {
    const phases = new Set(['phase3', 'phase4']);
    const states = new Map<string, 'running' | 'done'>();
    const registry = viewOf().registry;
    const differently: Differently = (table, date) => {
      if (!phases.has(registry.get(table).definition.phase)) return undefined;
      const state = states.get(`${table}@${date}`);
      return state === undefined ? null : state === 'done' ? ours : partition(never('running', ours));
    };
    const request = { dates: DATES, from: 'phase3', through: 'phase5', only: 'all', force: false } as const;
    const { batches } = planBackfill(viewOf({ differently }), request, () => 2);
    const all = batches.flatMap(({ table, dates }) => dates.map((date) => `${table}@${date}`));
    const order: string[] = [];
    let rounds = 0;
    for (; rounds < 200; rounds++) {
      const view = viewOf({ differently });
      const { actions, finished } = decideBackfill(view, work(batches, { maxInFlight: 2 }));
      if (finished) break;
      const requested = asked(actions);
      for (const each of requested) {
        const [table = '', date = ''] = each.split('@');
        expect(evaluate(view).unmet(registry.get(table), date as (typeof DATES)[number])).toEqual({
          pending: [],
          lost: [],
        });
        states.set(each, 'running');
      }
      order.push(...requested);
      // The oldest run ends before the next decision.
      const oldest = [...states].find(([, state]) => state === 'running')?.[0];
      if (oldest !== undefined) states.set(oldest, 'done');
    }

    expect(order.toSorted()).toEqual(all.toSorted());
    expect(new Set(order).size).toBe(order.length);
    expect(rounds).toBeLessThan(200);
  });
});
