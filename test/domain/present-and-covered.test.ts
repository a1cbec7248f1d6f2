/** When a partition is present, and how coverage is counted. */
import { describe, expect, it } from 'vitest';
import { coverageOf, percent, plannedCoverage } from '../../shared/domain/coverage.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isPresent, UNTOUCHED, type PartitionState } from '../../shared/domain/partition.ts';
import { DATES, day, except, never, viewOf } from '../support/view-of.ts';
import { partition, type PartitionFields } from '../support/partitions.ts';

describe('a partition is present', () => {
  const state: PartitionState = {
    ...UNTOUCHED,
    status: 'success',
    outputFingerprint: 'x',
    inputFingerprint: 'y',
    rows: 95,
    expectedRows: 100,
    games: 5,
    expectedGames: 5,
  };

  it.each<[string, PartitionFields, boolean]>([
    ['with 95 % of its rows', {}, true],
    ['with 94 % of its rows', { rows: 94 }, false],
    ['without one of its games', { rows: 100, games: 4 }, false],
    ['without rows', { rows: 0, expectedRows: 0, games: 0, expectedGames: 0 }, false],
    ['rightly empty', { status: 'empty', rows: 0, expectedRows: 0, games: 0, expectedGames: 0 }, true],
    ['empty where rows are expected', { status: 'empty', rows: 0 }, false],
    ['while it is built again', { status: 'running' }, true],
    ['after a later run failed', { status: 'failed' }, true],
    [
      'when its rows are known to be damaged',
      { status: 'waiting', stale: { cause: 'forced', because: 'rows vanished' } },
      false,
    ],
    ['never built', { outputFingerprint: null }, false],
  ])('%s: %s', (_what, change, expected) => {
    expect(isPresent(partition({ ...state, ...change }))).toBe(expected);
  });

  it('not when it has no state', () => {
    expect(isPresent(undefined)).toBe(false);
  });
});

describe('coverage', () => {
  it.each([
    [0, 0, null],
    [0, 5, 0],
    [5, 5, 100],
    [1, 3, 33.33],
    [2, 3, 66.66],
    [99_999, 100_000, 99.99],
    [999_999, 1_000_000, 99.99],
    [1, 100_000, 0],
    [29, 100, 29],
    [57, 100, 57],
  ])('of %i in %i is %s percent', (part, whole, expected) => {
    expect(percent(part, whole)).toBe(expected);
  });

  it('counts expected dates, names missing ones and says why others are left out', () => {
    const view = viewOf({
      differently: except({
        [`feature_store@${day(14)}`]: null,
        [`feature_store@${day(15)}`]: { status: 'partial', rows: 2, readyRows: 1, syntheticRows: 1 },
        [`feature_store@${day(17)}`]: { inputFingerprint: 'built.otherwise' },
        [`feature_store@${day(20)}`]: never('failed'),
      }),
    });

    expect(coverageOf(view, view.registry.get('feature_store'), DATES)).toEqual({
      table: 'feature_store',
      phase: 'phase4',
      expected: 5,
      present: 2,
      missing: [day(14), day(15), day(20)],
      excluded: [0, 2, 5].map((n) => ({ date: day(n), reason: 'bootstrap_period_day_0_13_of_season_2023' })),
      outsideScope: { dates: [], games: 0 },
      gameDates: 8,
      pctOfGameDates: 25,
      pct: 40,
      games: { expected: 10, present: 6 },
      rows: { expected: 12, actual: 10, unknownDates: 2 },
      readyPct: 90,
      syntheticPct: 10,
      stale: 1,
    });
  });

  it('says what a plan leaves missing: expected dates that are neither there nor planned', () => {
    const view = viewOf({
      differently: except({
        [`feature_store@${day(14)}`]: null,
        [`feature_store@${day(15)}`]: { status: 'partial', rows: 2, readyRows: 1, syntheticRows: 1 },
        [`feature_store@${day(20)}`]: never('failed'),
      }),
    });
    const after = (...planned: GameDate[]) =>
      plannedCoverage(view, view.registry.get('feature_store'), DATES, new Set(planned));

    expect(after()).toEqual({
      expected: 5,
      now: 2,
      after: 2,
      stillMissing: [day(14), day(15), day(20)],
    });
    // One of these dates is there already, and one is of the bootstrap period.
    expect(after(day(0), day(14), day(17), day(20))).toEqual({
      expected: 5,
      now: 2,
      after: 4,
      stillMissing: [day(15)],
    });
  });

  it('does not count a date that is empty for a reason as covered, and gives the reason', () => {
    const empty = { status: 'empty', reason: 'no_known_roster', rows: 0, expectedRows: 0 } as const;
    const view = viewOf({ differently: except({ [`team_context@${day(0)}`]: empty }) });

    expect(coverageOf(view, view.registry.get('team_context'), DATES)).toMatchObject({
      expected: 7,
      present: 7,
      excluded: [{ date: day(0), reason: 'no_known_roster' }],
      gameDates: 8,
      pctOfGameDates: 87.5,
    });
  });

  it('counts a raw date that lacks a game as missing, and one of a source that was never imported as left out', () => {
    const lacking = {
      status: 'partial',
      reason: 'game_missing: 20231026_ATL_BOS',
      games: 1,
      expectedGames: 2,
    } as const;
    const view = viewOf({
      differently: (table, date) =>
        table === 'odds_api_game_lines'
          ? null
          : table === 'nbac_player_boxscores' && date === day(2)
            ? lacking
            : undefined,
    });

    expect(coverageOf(view, view.registry.get('nbac_player_boxscores'), DATES)).toMatchObject({
      expected: 8,
      present: 7,
      missing: [day(2)],
      games: { expected: 16, present: 15 },
      rows: { unknownDates: 1 },
    });
    const seasons = new Map([...view.seasons].map(([label, of]) => [label, { ...of, archives: new Map() }]));
    expect(coverageOf({ ...view, seasons }, view.registry.get('odds_api_game_lines'), DATES)).toMatchObject({
      expected: 0,
      pct: null,
      excluded: DATES.map((date) => ({ date, reason: 'source_not_archived' })),
    });
  });

  it('is unknown, not 100 %, where nothing is expected', () => {
    const view = viewOf();
    const coverage = coverageOf(view, view.registry.get('feature_store'), DATES.slice(0, 3));

    expect(coverage).toMatchObject({ expected: 0, present: 0, pct: null, readyPct: null, missing: [] });
  });
});
