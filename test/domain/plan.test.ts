/** What a request builds, in which batches, and what a change can reach. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeMissing } from '../../functions/control/plan.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { planBackfill, type Plan, type PlanRequest } from '../../shared/domain/plan.ts';
import { reachOf } from '../../shared/domain/reach.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { defineTable, type Input, isComputed } from '../../shared/domain/table.ts';
import {
  aroundDate,
  lastGames,
  previousDays,
  sameDate,
  seasonToDate,
  type Window,
} from '../../shared/domain/window.ts';
import type { View } from '../../shared/domain/view.ts';
import { registered, toyRegistry, TOY_DEFINITIONS } from '../support/toy-tables.ts';
import { DATES, day, except, never, TEAMS, viewOf, type ViewOptions } from '../support/view-of.ts';

const request: PlanRequest = { dates: DATES, from: 'phase3', through: 'phase5', only: 'all', force: false };
const plan = (change: Partial<PlanRequest> = {}, options: ViewOptions = {}, size = 60): Plan =>
  planBackfill(viewOf(options), { ...request, ...change }, () => size);
/** The dates that a plan builds, by table. */
const planned = ({ batches }: Plan): Record<string, readonly GameDate[]> => {
  const dates: Record<string, GameDate[]> = {};
  for (const batch of batches) dates[batch.table] = [...(dates[batch.table] ?? []), ...batch.dates];
  return dates;
};
const COMPUTED = TOY_DEFINITIONS.filter(isComputed);
const unbuilt =
  (...phases: string[]) =>
  (table: string): null | undefined =>
    COMPUTED.some(({ name, phase }) => name === table && phases.includes(phase)) ? null : undefined;

describe('a plan', () => {
  it('has nothing to do where everything is built from what is there now', () => {
    const { batches, dates, missing, excluded } = plan();

    expect(batches).toEqual([]);
    expect(missing).toEqual([]);
    expect(dates).toEqual({ requested: 8, processable: 8, bootstrap: 3, unchanged: 8 });
    expect(excluded).toHaveLength(4 * 3);
    expect(new Set(excluded.map(({ reason }) => reason))).toEqual(
      new Set(['bootstrap_period_day_0_13_of_season_2023']),
    );
  });

  it('is exact for what is missing', () => {
    const gaps = except({
      [`feature_store@${day(15)}`]: null,
      [`feature_store@${day(20)}`]: null,
      [`zone_defense@${day(17)}`]: null,
    });
    const result = plan({}, { differently: gaps });

    expect(planned(result)).toEqual({
      zone_defense: [day(17)],
      // A partition that reads a rebuilt one is rebuilt after it.
      feature_store: [day(15), day(17), day(20)],
    });
    expect(result.dates).toMatchObject({ processable: 8, unchanged: 5 });
  });

  it('includes the unbuilt history its windows reach, from the start of the season', () => {
    const result = plan({ dates: [day(15)] }, { differently: unbuilt('phase3', 'phase4') });
    const history = [0, 2, 5, 14, 15].map(day);

    expect(planned(result)).toEqual({
      team_offense: history,
      team_defense: history,
      player_summary: history,
      team_context: [day(15)],
      zone_defense: [day(15)],
      shot_zones: [day(15)],
      daily_cache: [day(15)],
      feature_store: [day(15)],
    });
    expect(result.missing).toEqual([]);
  });

  it('names a request that loads what is archived and not loaded, and files where nothing is archived', () => {
    const lost = (table: string, date: GameDate) =>
      table === 'nbac_schedule' && date === day(15) ? null : undefined;
    const view = viewOf({ differently: lost });
    const missingIn = (given: View) =>
      planBackfill(
        given,
        { dates: DATES, from: 'phase3', through: 'phase3', only: 'all', force: true },
        () => 60,
      ).missing;
    const [archived] = missingIn(view);
    expect(archived).toMatchObject({ table: 'nbac_schedule', dates: [day(15)], isArchived: true });
    expect(archived && describeMissing(archived)).toContain(
      `fill it with \`fullcourt backfill --start ${day(15)} --end ${day(15)} --from phase2 --through phase2\``,
    );
    const [label, season] = [...view.seasons][0] ?? ['', undefined];
    if (season === undefined) throw new Error('The view has no season');
    const [other] = missingIn({ ...view, seasons: new Map([[label, { ...season, archives: new Map() }]]) });
    expect(other?.table).toBe('nbac_schedule');
    expect(other && describeMissing(other)).toContain('fill it with `fullcourt import --from DIR`');
  });

  it('is refused with the missing dates when it may not reach above its first phase', () => {
    const result = plan({ dates: [day(15)], from: 'phase4' }, { differently: unbuilt('phase3', 'phase4') });
    const history = [0, 2, 5, 14].map(day);

    expect(Object.keys(planned(result)).toSorted()).toEqual([
      'daily_cache',
      'feature_store',
      'shot_zones',
      'zone_defense',
    ]);
    expect(new Map(result.missing.map(({ table, dates }) => [table, dates]))).toEqual(
      new Map([
        ['team_offense', history],
        ['team_defense', history],
        ['player_summary', history],
      ]),
    );
    expect(result.missing.find(({ table }) => table === 'player_summary')).toMatchObject({
      phase: 'phase3',
      neededBy: expect.arrayContaining(['shot_zones', 'daily_cache']) as unknown,
    });
  });

  it('waits for what is under way above its first phase instead of refusing', () => {
    const result = plan(
      { dates: [day(15)], from: 'phase4', force: true },
      { differently: except({ [`team_offense@${day(14)}`]: never('running') }) },
    );

    expect(result.missing).toEqual([]);
  });

  describe('for some of what is not right', () => {
    const differently = except({
      [`feature_store@${day(14)}`]: null,
      [`feature_store@${day(15)}`]: never('failed'),
      [`feature_store@${day(17)}`]: { status: 'failed' },
      [`feature_store@${day(19)}`]: { inputFingerprint: 'other.inputs' },
    });

    it.each([
      ['all', [14, 15, 17, 19]],
      ['missing', [14, 15]],
      ['failed', [15, 17]],
      ['stale', [19]],
    ] as const)('only %s', (only, expected) => {
      expect(planned(plan({ only }, { differently }))).toEqual({ feature_store: expected.map(day) });
    });
  });

  it('counts rows that are known to be damaged as missing', () => {
    const damaged = except({
      [`feature_store@${day(17)}`]: {
        status: 'waiting',
        stale: { cause: 'forced', because: 'rows vanished' },
      },
    });

    expect(planned(plan({ only: 'missing' }, { differently: damaged }))).toEqual({
      feature_store: [day(17)],
    });
  });

  it('builds everything again when it is forced, and only what was asked for', () => {
    expect(
      planned(plan({ force: true, tables: ['daily_cache'], dates: [day(5), day(15), day(17)] })),
    ).toEqual({
      daily_cache: [day(15), day(17)],
      feature_store: [day(15), day(17)],
    });
    expect(planned(plan({ force: true, through: 'phase3', dates: [day(15)] }))).toEqual(
      Object.fromEntries(
        COMPUTED.filter(({ phase }) => phase === 'phase3').map(({ name }) => [name, [day(15)]]),
      ),
    );
  });

  it('leaves raw tables alone that it does not name', () => {
    const of = planned(
      plan({ from: 'phase2', through: 'phase2', force: true, tables: ['nbac_schedule'], dates: [day(15)] }),
    );

    expect(of).toEqual({ nbac_schedule: [day(15)] });
  });

  it('rebuilds the readers of a changed date, inside the declared windows only', () => {
    const result = planned(
      plan({ only: 'all' }, { differently: except({ [`team_context@${day(14)}`]: null }) }),
    );

    expect(result).toEqual({ team_context: [day(14)], daily_cache: [day(14)], feature_store: [day(14)] });
  });

  it('has batches that ascend, keep to one season and are no longer than allowed', () => {
    const nextSeason = ['2024-10-22', '2024-10-23', '2024-11-05', '2024-11-06', '2024-11-08'] as GameDate[];
    const dates = [...DATES, ...nextSeason];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.subarray(dates, { minLength: 1 }), (size, asked) => {
        const today = '2025-07-01' as GameDate;
        const { batches } = plan({ dates: asked, force: true }, { dates, today }, size);
        const rank = new Map(toyRegistry().all.map(({ definition }, i) => [definition.name, i]));
        for (const [i, batch] of batches.entries()) {
          expect(batch.dates.length).toBeLessThanOrEqual(size);
          expect(batch.dates).toEqual([...new Set(batch.dates)].toSorted());
          expect(new Set(batch.dates.map(seasonOf)).size).toBe(1);
          const next = batches[i + 1];
          const [first = '', nextFirst = '9'] = [batch.dates[0], next?.dates[0]];
          expect(
            first < nextFirst ||
              (first === nextFirst && (rank.get(batch.table) ?? 0) < (rank.get(next?.table ?? '') ?? 99)),
          ).toBe(true);
        }
        const all = batches.flatMap(({ table, dates: of }) => of.map((date) => `${table}@${date}`));
        expect(new Set(all).size).toBe(all.length);
        expect(all).toEqual(expect.arrayContaining(asked.map((date) => `team_offense@${date}`)));
      }),
      { numRuns: 30 },
    );
  });
});

describe('what a change can reach', () => {
  /** The toy tables and one more table, which reads `source` through `window`. */
  const reader = (source: string, window: Window) => {
    const input: Input = { table: source, window, required: true };
    const { rowsFrom: _, ...like } = registeredDefinition('team_context');
    return toyRegistry([
      ...TOY_DEFINITIONS,
      defineTable({ ...like, name: 'reader', timing: 'post_game', inputs: [input] }),
    ]);
  };
  const reach = (
    source: string,
    window: Window,
    changed: readonly GameDate[],
    options: ViewOptions = {},
  ): readonly GameDate[] => {
    const view = viewOf({ registry: reader(source, window), ...options });
    return (
      reachOf(
        view,
        changed.map((date) => ({ table: source, date })),
        'phase3',
      ).get('reader') ?? []
    );
  };

  it.each<[Window, string, number[], number[]]>([
    [sameDate, 'team_defense', [14], [14]],
    [sameDate, 'team_defense', [14, 20], [14, 20]],
    [previousDays(3), 'team_defense', [14], [15, 17]],
    [previousDays(1), 'team_defense', [15], []],
    [previousDays(3), 'team_defense', [14, 17], [15, 17, 19, 20]],
    [seasonToDate, 'team_defense', [17], [19, 20]],
    [seasonToDate, 'team_defense', [20], []],
    [seasonToDate, 'team_defense', [5, 19], [14, 15, 17, 19, 20]],
    [aroundDate(1, 3), 'nbac_schedule', [17], [14, 15, 17]],
    [lastGames(1, 'team'), 'team_defense', [14], [15]],
    [lastGames(2, 'team'), 'team_defense', [14], [15, 17]],
    [lastGames(9, 'team'), 'team_defense', [14], [15, 17, 19, 20]],
  ])('through %j of %s on %j: %j', (window, source, changed, expected) => {
    expect(reach(source, window, changed.map(day))).toEqual(expected.map(day));
  });

  it('follows the last games of each team that played, as counting them one by one does', () => {
    const played = fc.array(fc.subarray([...TEAMS]), { minLength: DATES.length, maxLength: DATES.length });
    fc.assert(
      fc.property(played, fc.nat(DATES.length - 1), fc.integer({ min: 1, max: 4 }), (teams, at, n) => {
        const source = DATES[at];
        if (source === undefined || (teams[at] ?? []).length === 0) return;
        const hashes = (_: string, date: GameDate) =>
          Object.fromEntries((teams[DATES.indexOf(date)] ?? []).map((team) => [team, '0'.repeat(16)]));
        const expected = DATES.filter((_, i) =>
          (teams[at] ?? []).some(
            (team) => i > at && teams.slice(at, i).filter((each) => each.includes(team)).length <= n,
          ),
        );
        expect(reach('team_defense', lastGames(n, 'team'), [source], { hashes })).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('is the rest of the season where it is not known who played', () => {
    expect(reach('team_defense', lastGames(1, 'team'), [day(15)], { hashes: () => ({}) })).toEqual(
      [17, 19, 20].map(day),
    );
  });

  it('goes on from table to table, and no further than the last phase', () => {
    const view = viewOf();
    const changed = [{ table: 'team_defense', date: day(17) }];

    expect(reachOf(view, changed, 'phase4')).toEqual(
      new Map([
        ['zone_defense', [day(19), day(20)]],
        ['feature_store', [day(19), day(20)]],
      ]),
    );
    expect(reachOf(view, changed, 'phase3')).toEqual(new Map());
  });
});

function registeredDefinition(name: string) {
  const found = TOY_DEFINITIONS.map(registered).find(
    ({ definition }) => definition.name === name,
  )?.definition;
  if (found?.rowsFrom !== 'query') throw new Error(`no computed table ${name}`);
  return found;
}
