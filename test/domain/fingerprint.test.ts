/** The fingerprint and the version of a run's inputs, and what a run still needs. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import { evaluate, staleCause } from '../../shared/domain/evaluation.ts';
import type { View } from '../../shared/domain/view.ts';
import { reads } from '../../shared/domain/window.ts';
import { isComputed } from '../../shared/domain/table.ts';
import { DATES, day, except, never, TEAMS, viewOf, type ViewOptions } from '../support/view-of.ts';

const fingerprints = (view: View, table: string, dates: readonly GameDate[] = DATES): string[] => {
  const evaluation = evaluate(view);
  return dates.map((date) => evaluation.inputFingerprint(view.registry.get(table), date));
};
/** The dates on which the fingerprint of `table` changes when `options` do. */
const changedDates = (table: string, options: ViewOptions): GameDate[] => {
  const [before, after] = [fingerprints(viewOf(), table), fingerprints(viewOf(options), table)];
  return DATES.filter((_, i) => before[i] !== after[i]);
};
interface Built {
  readonly inputFingerprint: string;
  readonly stale?: 'code' | 'forced';
  readonly status?: 'running';
}
const later = (date: GameDate): GameDate[] => DATES.filter((each) => each > date);

describe('the fingerprint of inputs', () => {
  it('changes for later dates of the season when a season to date is read', () => {
    const change = except({ [`team_offense@${day(14)}`]: { outputFingerprint: 'other' } });

    expect(changedDates('team_context', { differently: change })).toEqual(later(day(14)));
  });

  it('changes on the same date when that is read', () => {
    const change = except({ [`nbac_player_boxscores@${day(14)}`]: { outputFingerprint: 'other' } });

    expect(changedDates('team_offense', { differently: change })).toEqual([day(14)]);
  });

  it('changes within the days ahead that are read of the schedule', () => {
    const change = except({ [`nbac_schedule@${day(17)}`]: { outputFingerprint: 'other' } });

    expect(changedDates('team_context', { differently: change })).toEqual([day(14), day(15), day(17)]);
  });

  it('changes when an optional input arrives, is lost, or has been found damaged', () => {
    const name = `odds_api_game_lines@${day(15)}`;

    expect(changedDates('team_context', { differently: except({ [name]: null }) })).toEqual([day(15)]);
    expect(changedDates('team_context', { differently: except({ [name]: { reopened: 1 } }) })).toEqual([
      day(15),
    ]);
  });

  it('is the same for an input that is empty and for one that was never built', () => {
    const name = `odds_api_game_lines@${day(15)}`;
    const [absent, empty] = [null, never('empty')].map((state) =>
      fingerprints(viewOf({ differently: except({ [name]: state }) }), 'team_context'),
    );

    expect(absent).toEqual(empty);
  });

  it('tells a date of which all rows are lacking from an empty one on the same date alone', () => {
    const name = `nbac_player_boxscores@${day(14)}`;
    const summary = `team_offense@${day(14)}`;
    const nothing = { rows: 0, games: 0 };
    const [empty, lacking] = (['empty', 'partial'] as const).map((status) =>
      viewOf({
        differently: except({ [name]: { status, ...nothing }, [summary]: { status, ...nothing } }),
      }),
    );
    if (empty === undefined || lacking === undefined) throw new Error('two views are compared');
    const differing = (table: string): GameDate[] => {
      const [a, b] = [fingerprints(empty, table), fingerprints(lacking, table)];
      return DATES.filter((_, i) => a[i] !== b[i]);
    };
    expect(differing('team_offense')).toEqual([day(14)]);
    expect(differing('team_context')).toEqual([]);
    const damaged = viewOf({
      differently: except({ [summary]: { status: 'partial', ...nothing, reopened: 1 } }),
    });
    expect(fingerprints(damaged, 'team_context')).not.toEqual(fingerprints(lacking, 'team_context'));
  });

  it('does not change with who built an input, when, and how often', () => {
    const change = except({
      [`team_offense@${day(14)}`]: {
        runId: 'r9',
        token: 9,
        revision: 9,
        updatedAt: 'later',
        mode: 'live',
        rows: 3,
      },
    });

    expect(changedDates('team_context', { differently: change })).toEqual([]);
  });

  const games = fc.record({
    // Which of the four teams play on each date; then the index of the date and the team whose game is
    // changed.
    played: fc.array(fc.subarray([...TEAMS]), { minLength: DATES.length, maxLength: DATES.length }),
    at: fc.nat(DATES.length - 1),
    team: fc.constantFrom(...TEAMS),
  });
  it('over the last two games changes exactly where the changed game is among the last two of its team', () => {
    fc.assert(
      fc.property(games, ({ played, at, team }) => {
        const plays = (i: number, who: string): boolean =>
          played[i]?.includes(who as (typeof TEAMS)[number]) === true;
        const hashes = (changed: boolean) => (_table: string, date: GameDate) => {
          const i = DATES.indexOf(date);
          const who = TEAMS.filter((each) => plays(i, each));
          return Object.fromEntries(
            who.map((each) => [
              each,
              `${changed && i === at && each === team ? 'f' : '0'}0000000${'abcdef0'[i % 7]}000000${TEAMS.indexOf(each)}`,
            ]),
          );
        };
        // Only the hashes differ, not the output fingerprint: a window of previous_days on the same table
        // would see that one.
        const [before, after] = [false, true].map((changed) =>
          fingerprints(viewOf({ hashes: hashes(changed) }), 'zone_defense'),
        );
        const expected = DATES.filter((date, i) => {
          const lastTwo = DATES.map((_, n) => n)
            .filter((n) => n < i && plays(n, team))
            .slice(-2);
          return date !== undefined && lastTwo.includes(at);
        });
        expect(DATES.filter((_, i) => before?.[i] !== after?.[i])).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('counts the games of settled partitions only', () => {
    const change = except({ [`player_summary@${day(17)}`]: { status: 'running' } });

    expect(changedDates('shot_zones', { differently: change })).toEqual(later(day(17)));
  });
});

describe('the version of inputs', () => {
  const versions = (table: string, options: ViewOptions = {}): number[] => {
    const view = viewOf(options);
    const evaluation = evaluate(view);
    return DATES.map((date) => evaluation.inputVersion(view.registry.get(table), date));
  };
  const { registry } = viewOf();
  const computed = registry.all.filter(({ definition }) => isComputed(definition));

  it('grows exactly where a run was asked for or damage was found in what is read, whatever the outcome', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...computed.map(({ definition }) => definition)),
        fc.nat(20),
        fc.constantFrom(...DATES),
        fc.constantFrom<Partial<PartitionState>>(
          { token: 2 },
          { token: 2, status: 'requested' },
          { reopened: 1 },
        ),
        ({ name, inputs }, which, at, moved) => {
          const input = inputs[which % inputs.length]?.table ?? '';
          const before = versions(name);
          const after = versions(name, { differently: except({ [`${input}@${at}`]: moved }) });
          const readers = DATES.filter((date) =>
            inputs.some((each) => each.table === input && reads(each.window, date, DATES).includes(at)),
          );
          expect(DATES.filter((_, i) => (after[i] ?? 0) > (before[i] ?? 0))).toEqual(readers);
          expect(DATES.filter((_, i) => (after[i] ?? 0) < (before[i] ?? 0))).toEqual([]);
        },
      ),
    );
  });

  it('of a loaded table grows with every change of its files', () => {
    const view = viewOf();
    const [season, seen] = [...view.seasons][0] ?? [];
    const table = view.registry.get('nbac_schedule');
    const archive = seen?.archives.get('nbac_schedule');
    if (season === undefined || seen === undefined || archive === undefined) throw new Error('no archive');
    const changed = new Map(seen.archives).set('nbac_schedule', {
      ...archive,
      revision: archive.revision + 1,
    });
    const later = { ...view, seasons: new Map([[season, { ...seen, archives: changed }]]) };

    const [before, after] = [view, later].map((each) => evaluate(each).inputVersion(table, day(0)));
    expect((after ?? 0) - (before ?? 0)).toBe(1);
  });
});

describe('a stale fingerprint', () => {
  it.each([
    [null, 'a.b', undefined],
    ['a.b', 'a.b', undefined],
    ['a.b', 'a.c', 'data'],
    ['a.b', 'c.b', 'code'],
    ['a.b', 'c.d', 'data'],
  ])('of %s where %s is right is so because of %s', (recorded, now, cause) => {
    expect(staleCause(recorded, now)).toBe(cause);
  });
});

describe('a partition that other code has built from the inputs of now', () => {
  const table = 'team_offense';
  const date = day(14);
  const [code = '', inputs = ''] = fingerprints(viewOf(), table, [date])[0]?.split('.') ?? [];
  const otherCode = `not-${code}.${inputs}`;

  it.each([
    ['of other code', { inputFingerprint: otherCode }, true],
    ['of other code, and stale because of it', { inputFingerprint: otherCode, stale: 'code' }, true],
    ['of other code, whose rows are not known', { inputFingerprint: otherCode, stale: 'forced' }, false],
    [
      'of other code, that a run is to build again',
      { inputFingerprint: otherCode, status: 'running' },
      false,
    ],
    ['of other code and other inputs', { inputFingerprint: `not-${code}.other` }, false],
    ['of this code', { inputFingerprint: `${code}.${inputs}` }, false],
    ['of this code and other inputs', { inputFingerprint: `${code}.other` }, false],
  ] as const)('%s', (_what, { stale, ...fields }: Built, expected) => {
    const because = 'a test says so';
    const built = { ...fields, ...(stale === undefined ? {} : { stale: { cause: stale, because } }) };
    const view = viewOf({ differently: except({ [`${table}@${date}`]: built }) });
    expect(evaluate(view).isByOtherCode(view.registry.get(table), date)).toBe(expected);
  });
});

describe('what a run still needs', () => {
  const unmet = (table: string, date: GameDate, options: ViewOptions = {}) => {
    const view = viewOf(options);
    return evaluate(view).unmet(view.registry.get(table), date);
  };
  const zone = `zone_defense@${day(14)}`;
  const ref = { table: 'zone_defense', date: day(14) };

  it('is nothing when everything it reads is settled, and on opening night', () => {
    expect(unmet('feature_store', day(20))).toEqual({ pending: [], lost: [] });
    expect(unmet('team_context', day(0))).toEqual({ pending: [], lost: [] });
  });

  it.each([
    ['success', 'met'],
    ['partial', 'met'],
    ['empty', 'met'],
    ['skipped', 'met'],
    ['requested', 'pending'],
    ['running', 'pending'],
    ['waiting', 'lost'],
    ['blocked', 'lost'],
    ['failed', 'lost'],
  ] as const)('of an input that is %s: %s', (status, need) => {
    expect(
      unmet('feature_store', day(14), {
        differently: except({ [zone]: need === 'met' ? { status } : never(status) }),
      }),
    ).toEqual({
      pending: need === 'pending' ? [ref] : [],
      lost: need === 'lost' ? [ref] : [],
    });
  });

  it('is an input without a state, unless it is not expected or only optional', () => {
    expect(unmet('feature_store', day(14), { differently: except({ [zone]: null }) }).lost).toEqual([ref]);
    expect(
      unmet('feature_store', day(14), { differently: except({ [`team_context@${day(14)}`]: null }) }).lost,
    ).toEqual([]);
    expect(
      unmet('daily_cache', day(14), {
        differently: except({ [`team_context@${day(14)}`]: never('running') }),
      }).pending,
    ).toHaveLength(1);
  });

  it('is every date of the season so far that is missing', () => {
    const missing = except({
      [`player_summary@${day(2)}`]: null,
      [`player_summary@${day(15)}`]: never('failed'),
    });

    expect(unmet('daily_cache', day(17), { differently: missing }).lost.map(({ date }) => date)).toEqual([
      day(2),
      day(15),
    ]);
    expect(unmet('daily_cache', day(15), { differently: missing }).lost.map(({ date }) => date)).toEqual([
      day(2),
    ]);
  });

  it('is nothing that a person has accepted as missing, and that is named', () => {
    const view = viewOf({ acceptMissing: true, differently: except({ [zone]: never('failed') }) });
    const evaluation = evaluate(view);

    expect(evaluation.unmet(view.registry.get('feature_store'), day(14)).lost).toEqual([]);
    expect(evaluation.accepted(view.registry.get('feature_store'), day(14))).toEqual([zone]);
    expect(evaluation.accepted(view.registry.get('feature_store'), day(15))).toEqual([]);
  });
});
