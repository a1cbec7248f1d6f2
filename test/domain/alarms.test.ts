/** What raises an alarm, and what does not: by the calendar, and by one key for one incident. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import {
  alarmsOf,
  endOfWeek,
  layersOf,
  wholeLedger,
  type Alarm,
  type Circumstances,
} from '../../shared/domain/alarms.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { EndpointState, SourceState } from '../../shared/domain/source-state.ts';
import { never, viewOf, type Differently, type ViewOptions } from '../support/view-of.ts';

const registry = loadRegistry();
const FIRST = gameDate('2023-10-24');
/** Games every day for 70 days, but for ten days without any after the 40th: a break. */
const DATES: readonly GameDate[] = Array.from({ length: 70 }, (_, i) => addDays(FIRST, i < 40 ? i : i + 10));
const at = (n: number): GameDate => DATES[n] ?? FIRST;

const QUIET: Circumstances = {
  ...{ now: '2024-06-01T10:00:00Z', oldestMessage: null },
  ...{ letters: [], backfills: [], sources: [] },
};

const box: EndpointState = {
  ...{ lastGood: '2024-05-30T10:00:00Z', askedAt: QUIET.now, status: 'refused' },
  ...{ detail: 'is refused', seconds: 1, pause: 1, refusals: 5 },
};
/** It has had no sound answer for two days. */
const REFUSED: SourceState = {
  ...{ source: 'nba_cdn', address: 'https://example.test', endpoints: { box } },
  ...{ silence: { inARow: 0, openedAt: null }, credits: null, answers: {}, canary: null },
};

const alarms = (options: ViewOptions = {}, circumstances: Partial<Circumstances> = {}): Alarm[] => {
  const view = viewOf({
    ...{ registry, dates: DATES, today: gameDate('2024-06-01') },
    differently: (table) => (registry.get(table).definition.phase === 'phase5' ? null : undefined),
    ...options,
  });
  return alarmsOf(view, wholeLedger(view), { ...QUIET, ...circumstances });
};
const keys = (found: readonly Alarm[]): string[] => found.map(({ key }) => key);

/** Without tables of predictions, and without what `isLacking` names. */
const without =
  (isLacking: (phase: string, date: GameDate, table: string) => boolean): Differently =>
  (table, date) => {
    const { phase } = registry.get(table).definition;
    return phase === 'phase5' || isLacking(phase, date, table) ? null : undefined;
  };

describe('a season as it should be', () => {
  it('raises nothing: not in its first 14 days, not around a break, not for games that are not played yet', () => {
    expect(alarms()).toEqual([]);
    for (const n of [1, 14, 15, 39, 40, 69]) {
      const today = addDays(at(n), 1);
      const differently = without((_, date) => date >= today);
      const games = (date: GameDate) => ({ games: 2, finalGames: date < today ? 2 : 0 });
      expect(keys(alarms({ today, differently, games }))).toEqual([]);
    }
  });
});

describe('phase 4 behind phase 3', () => {
  it('is one alarm for the whole stretch, whose cure names its dates, however long ago it was', () => {
    const lacking = (phase: string, date: GameDate) => phase === 'phase4' && date >= at(20) && date < at(50);
    const found = alarms({ differently: without(lacking) });
    expect(keys(found)).toEqual([`phase4_short@${at(20)}`]);
    expect(found[0]).toMatchObject({
      severity: 'fail',
      value: 0,
      threshold: 0.8,
      cure: `fullcourt backfill --start ${at(20)} --end ${at(49)} --from phase4 --through phase4`,
    });
  });

  it('is two alarms where two stretches lie apart', () => {
    const lacking = (phase: string, date: GameDate) =>
      phase === 'phase4' && ((date >= at(16) && date < at(20)) || date >= at(60));
    expect(keys(alarms({ differently: without(lacking) }))).toEqual([
      `phase4_short@${at(16)}`,
      `phase4_short@${at(60)}`,
    ]);
  });

  it.each([
    [1, []],
    [2, ['phase4_short']],
  ])('fires where more than a fifth of a window of seven days is lacking: %i of 7 dates', (n, kinds) => {
    const lacking = (_: string, date: GameDate, table: string) =>
      table === 'player_composite_factors' && date >= at(25) && date < at(25 + n);
    const found = alarms({ differently: without(lacking) }).filter(({ kind }) => kind === 'phase4_short');
    expect(found.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('other alarms', () => {
  it('name the first phase of a season that lacks games, and not what is built from it', () => {
    const found = alarms({ differently: without((phase) => phase === 'phase3' || phase === 'phase4') });
    expect(keys(found)).toEqual(['tables_short@2023-24:phase3']);
  });

  it('take dates in a row of one table for one hole, and name what waits for it', () => {
    const lacking = [at(30), at(31), at(33)];
    const isFailed = (table: string, date: GameDate): boolean =>
      table === 'team_offense_game_summary' && lacking.includes(date);
    const found = alarms({
      differently: (table, date) =>
        registry.get(table).definition.phase === 'phase5'
          ? null
          : isFailed(table, date)
            ? never('failed', { reason: 'out of memory' })
            : undefined,
    });
    expect(keys(found)).toEqual([
      `hole:team_offense_game_summary@${at(30)}`,
      `hole:team_offense_game_summary@${at(33)}`,
    ]);
    expect(found.map(({ severity }) => severity)).toEqual(['review', 'review']);
  });

  it('are raised for rows without their context, and for results that nobody has told', () => {
    const synthetic = alarms({
      differently: (table) =>
        registry.get(table).definition.phase === 'phase5'
          ? null
          : table === 'player_composite_factors'
            ? { syntheticRows: 1 }
            : undefined,
    });
    expect(keys(synthetic)).toEqual(['degraded:player_composite_factors@2023-24']);
    const today = addDays(at(30), 1);
    const results = alarms({
      today,
      differently: without((_, date) => date >= at(28)),
      games: (date) => ({ games: 2, finalGames: date < at(28) ? 2 : 0 }),
    });
    expect(keys(results)).toContain(`results@${at(28)}`);
    expect(results.find(({ kind }) => kind === 'results')?.value).toBe(2);
  });

  it('are raised for messages, backfills and sources that do not move, with keys that keep when numbers change', () => {
    const backfill = { id: 'bf-1', done: 10, planned: 40, seconds: 60 };
    const quiet = alarms(
      {},
      {
        oldestMessage: '2024-06-01T09:50:00Z',
        backfills: [{ ...backfill, movedAt: '2024-06-01T09:56:00Z' }],
      },
    );
    expect(quiet).toEqual([]);
    const of = (minute: string): Alarm[] =>
      alarms(
        {},
        {
          oldestMessage: `2024-06-01T09:${minute}:00Z`,
          letters: ['a-sub', 'a-sub', 'b-sub'],
          backfills: [{ ...backfill, movedAt: `2024-06-01T09:${minute}:00Z` }],
          sources: [REFUSED],
        },
      );
    expect(of('40').map(({ key, severity }) => [key, severity])).toEqual([
      ['outbox', 'fail'],
      ['dead_letters:a-sub', 'fail'],
      ['dead_letters:b-sub', 'fail'],
      ['backfill:bf-1', 'fail'],
      ['source:nba_cdn.box', 'review'],
    ]);
    expect(keys(of('20'))).toEqual(keys(of('40')));
    const slow = alarms({}, { backfills: [{ ...backfill, movedAt: '2024-06-01T09:53:00Z' }] });
    expect(slow.map(({ severity, what }) => [severity, what])).toEqual([
      [
        'review',
        'nothing of bf-1 has moved for 7 minutes: 10 of 40 partitions are built, 600 an hour until then',
      ],
    ]);
  });

  it('are raised for what has waited for half a day on a date that is over', () => {
    const waiting = (updatedAt: string) =>
      alarms({
        differently: (table, date) =>
          registry.get(table).definition.phase === 'phase5'
            ? null
            : table === 'ml_feature_store_v2' && date === at(69)
              ? never('waiting', { want: { through: 'phase5', correlationId: 'live:1' }, updatedAt })
              : undefined,
      });
    expect(keys(waiting('2024-05-31T10:00:00Z'))).toEqual(['waiting_long:ml_feature_store_v2']);
    expect(waiting('2024-06-01T04:00:00Z')).toEqual([]);
  });
});

describe('the week', () => {
  const view = viewOf({
    ...{ registry, dates: DATES, today: addDays(at(30), 1) },
    differently: without((phase, date) => date > at(30) || (phase === 'phase4' && date === at(29))),
    games: (date) => ({ games: 2, finalGames: date <= at(30) ? 2 : 0 }),
  });

  it('counts the games of seven days beside the seven before', () => {
    const layers = layersOf(view, wholeLedger(view), endOfWeek(view));
    const factors = layers.find(({ table }) => table === 'player_composite_factors');
    expect(factors?.thisWeek).toMatchObject({
      start: at(25),
      end: addDays(at(30), 1),
      games: 10,
      expected: 12,
    });
    expect(factors?.lastWeek).toMatchObject({ games: 14, expected: 14 });
    expect(factors?.verdict).toBe('review');
    expect(layers.find(({ table }) => table === 'player_game_summary')?.verdict).toBe('pass');
  });

  it('is the last one with games where there were none for two weeks', () => {
    expect(endOfWeek({ ...view, today: gameDate('2024-07-01') })).toBe(at(69));
    expect(endOfWeek(view)).toBe(addDays(at(30), 1));
  });
});
