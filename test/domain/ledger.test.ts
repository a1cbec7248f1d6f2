/** What each cell of the ledger is, and what is known of its holes. */
import { describe, expect, it } from 'vitest';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { holesOf } from '../../shared/domain/holes.ts';
import { isHole, ledgerOf, lostRows, NOT_BEGUN, withLost } from '../../shared/domain/ledger.ts';
import type { PartitionFields } from '../support/partitions.ts';
import { DATES, day, except, never, viewOf, type ViewOptions } from '../support/view-of.ts';

const D = day(17);
const stateOf = (
  table: string,
  date: GameDate,
  differently?: PartitionFields | null,
  options: ViewOptions = {},
) => {
  const view = viewOf({
    ...(differently === undefined ? {} : { differently: except({ [`${table}@${date}`]: differently }) }),
    ...options,
  });
  const found = ledgerOf(view, [view.registry.get(table)], [date])[0];
  return [found?.state, found?.reason];
};
const costs = { costOf: () => ({ fixed: 2, perDate: 0.5 }), usdOf: () => 0 };

describe('a cell of the ledger', () => {
  it.each([
    ['complete', {}],
    ['missing', null],
    ['missing', never('blocked', { reason: 'waits' })],
    ['failed', never('failed', { reason: 'out of memory' })],
    ['waiting', never('running', { runId: 'run-1' })],
    ['waiting', never('waiting', { want: { through: 'phase5', correlationId: 'live:1' } })],
    ['degraded', { syntheticRows: 1 }],
    ['degraded', { status: 'partial', reason: 'rows_unread: 1 row' }],
    ['missing', { status: 'partial', rows: 3, reason: 'rows_missing: 1 row' }],
    ['missing', { status: 'partial', games: 1, reason: 'game_missing: a game' }],
    ['missing', { status: 'blocked', stale: { cause: 'forced', because: 'lost' }, reason: 'lost' }],
    [
      'accepted',
      never('failed', { accepted: { reason: 'lost', by: 'ann', at: '2024-06-01T00:00:00Z', input: 'i' } }),
    ],
    [
      'accepted',
      { status: 'partial', rows: 3, reason: 'accepted by ann: lost', givenUp: 'accepted by ann: lost' },
    ],
  ] as const)('is %s (%#)', (state, fields) => {
    const text = fields === null ? null : ({ ...fields } as PartitionFields);
    expect(stateOf('player_summary', D, text)).toEqual([state, null]);
  });

  it('is empty with its reason, bootstrap in the first days, and waits before its games are played', () => {
    expect(stateOf('feature_store', day(2))).toEqual([
      'bootstrap',
      'bootstrap_period_day_0_13_of_season_2023',
    ]);
    const empty = { status: 'empty', rows: 0, expectedRows: 0, reason: 'source_unavailable' } as const;
    expect(stateOf('player_summary', D, empty)).toEqual(['empty', 'source_unavailable']);
    const unplayed = { games: () => ({ games: 2, finalGames: 0 }), today: D };
    expect(stateOf('player_summary', D, undefined, unplayed)).toEqual(['waiting', 'not_played']);
  });

  it('is no hole while live work may still build it: before a game until the day after, after it one day longer', () => {
    const on = (table: string, today: GameDate) => stateOf(table, D, null, { today })[0];
    expect(['team_context', 'player_summary'].map((table) => on(table, day(17)))).toEqual([
      'waiting',
      'waiting',
    ]);
    expect(['team_context', 'player_summary'].map((table) => on(table, day(18)))).toEqual([
      'missing',
      'waiting',
    ]);
    expect(on('player_summary', day(19))).toBe('missing');
    // What has failed is told at once.
    const failed = never('failed', { reason: 'x' });
    expect(stateOf('player_summary', D, failed, { today: D })[0]).toBe('failed');
  });

  it('of predictions counts only in a season in which somebody has asked for any', () => {
    const view = viewOf({ differently: (table) => (phaseOf(table) === 'phase5' ? null : undefined) });
    const predictions = view.registry.all.filter(({ definition }) => definition.phase === 'phase5');
    for (const cell of ledgerOf(view, predictions, [D]))
      expect([cell.state, cell.reason]).toEqual(['empty', NOT_BEGUN]);
  });
});

const phaseOf = (table: string): string => viewOf().registry.get(table).definition.phase;

describe('holes', () => {
  it('are exactly the partitions whose rows have vanished, whatever their documents say', () => {
    const view = viewOf();
    const { all } = view.registry;
    const gone = new Map([
      [`team_offense@${day(15)}`, 0],
      [`daily_cache@${D}`, 3],
    ]);
    const lost = lostRows(view, all, DATES, ({ table, date }) => gone.get(`${table}@${date}`) ?? 4);
    const seen = withLost(view, lost);
    const holes = holesOf(seen, ledgerOf(seen, all, DATES), lost, costs);
    expect(holes.map(({ table, date }) => `${table}@${date}`)).toEqual([...gone.keys()]);
    expect(holes.map(({ cause }) => cause.detail)).toContain('the warehouse holds 0 of 4 rows');
    expect(holes[0]?.cure).toBe(
      `fullcourt gaps --heal --start ${day(15)} --end ${day(15)} --table team_offense`,
    );
    expect(holes[0]?.price).toEqual({ runs: 1, seconds: 2.5, usd: 0 });
    // The view that was given is as it was.
    expect(ledgerOf(view, all, DATES).filter(isHole)).toEqual([]);
  });

  it('name the first cause and what waits for it', () => {
    const failed = never('failed', { reason: 'out of memory' });
    const view = viewOf({
      differently: except({ [`player_summary@${D}`]: failed, [`daily_cache@${day(19)}`]: never('blocked') }),
    });
    const holes = holesOf(view, ledgerOf(view, view.registry.all, DATES), [], costs);
    const of = (table: string) => holes.find((hole) => hole.table === table);
    expect(of('daily_cache')?.cause).toMatchObject({ table: 'player_summary', date: D, kind: 'failed' });
    expect(of('daily_cache')?.cure).toContain('--tables player_summary');
    expect(of('player_summary')?.blocks).toEqual({ cells: 1, predictions: 0 });
    expect(of('daily_cache')?.blocks).toEqual({ cells: 0, predictions: 0 });
  });

  it('that were built and lack rows begin with what they read and what lacks rows, too', () => {
    const short = { status: 'partial', games: 1, reason: 'game_missing: a game' } as const;
    const tables = ['nbac_player_boxscores', 'team_offense', 'player_summary'];
    const view = viewOf({
      differently: except({
        ...Object.fromEntries(tables.map((table) => [`${table}@${D}`, short])),
        [`daily_cache@${day(19)}`]: short,
      }),
    });
    const found = holesOf(view, ledgerOf(view, view.registry.all, DATES), [], costs);
    expect(found.map(({ table }) => table)).toEqual([...tables, 'daily_cache']);
    for (const { cause, price } of found)
      expect([cause.table, cause.date, price]).toEqual(['nbac_player_boxscores', D, null]);
    expect(found[0]?.blocks).toEqual({ cells: 3, predictions: 0 });
  });

  it('have no price where files have to come first', () => {
    const view = viewOf({
      differently: except({
        [`nbac_player_boxscores@${D}`]: { status: 'partial', games: 1, reason: 'game_missing: a game' },
      }),
      today: gameDate('2024-07-01'),
    });
    const [hole] = holesOf(view, ledgerOf(view, view.registry.all, DATES), [], costs);
    expect([hole?.table, hole?.cause.kind, hole?.price, hole?.cure]).toEqual([
      'nbac_player_boxscores',
      'partial',
      null,
      'fullcourt import --from DIR',
    ]);
  });
});
