/** Games that only box scores know: which dates of the schedule and the results they reach, and what they change there. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { Archive, Slice } from '../../shared/domain/archive.ts';
import { boxedGames } from '../../shared/domain/boxed-games.ts';
import { decideFollowers } from '../../shared/domain/decide/followers.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { partitionDates, whyNoPartition, type View } from '../../shared/domain/view.ts';
import { DATES, day, viewOf } from '../support/view-of.ts';

const registry = loadRegistry();
const PLAYERS = 'nbac_player_boxscores';
const CALENDARS = ['nbac_schedule', 'nbac_game_results'] as const;
const KNOWN = '0022300001';
const UNKNOWN = '0022300002';
const NIGHT = day(17);
/** No game of the schedule is on this date. */
const FREE = day(18);

/** A season whose schedule has one final game on each date, with box scores of `boxes` by date. */
function seasonWith(boxes: Readonly<Record<string, readonly Partial<Slice>[]>>): View {
  const view = viewOf({ registry });
  const seasons = [...view.seasons].map(([label, season]) => {
    const archives = new Map<string, Archive>(season.archives);
    const replace = (table: string, slices: Archive['slices']): unknown =>
      archives.set(table, { ...(season.archives.get(table) as Archive), slices });
    for (const table of CALENDARS)
      replace(
        table,
        Object.fromEntries(
          DATES.map((date) => [date, [{ entry: 'f', digest: 'd', subjects: [KNOWN], finals: [KNOWN] }]]),
        ),
      );
    replace(
      PLAYERS,
      Object.fromEntries(
        Object.entries(boxes).map(([date, ofDate]) => [
          date,
          ofDate.map((slice) => ({ entry: 'f', digest: 'b', subjects: [KNOWN], ...slice })),
        ]),
      ),
    );
    return [label, { ...season, archives }] as const;
  });
  return { ...view, seasons: new Map(seasons) };
}

const fingerprintOf = (view: View, table: string, date: GameDate): string =>
  evaluate(view).inputFingerprint(registry.get(table), date);

describe.each(CALENDARS)('%s', (table) => {
  it('is made of the box scores of a date where they have a game that it lacks, and nowhere else', () => {
    const before = seasonWith({ [NIGHT]: [{}] });
    const corrected = seasonWith({ [NIGHT]: [{ digest: 'other' }] });
    const more = seasonWith({ [NIGHT]: [{ subjects: [KNOWN, UNKNOWN] }] });
    expect(fingerprintOf(corrected, table, NIGHT)).toBe(fingerprintOf(before, table, NIGHT));
    expect(fingerprintOf(more, table, NIGHT)).not.toBe(fingerprintOf(before, table, NIGHT));
    expect(fingerprintOf(more, table, day(15))).toBe(fingerprintOf(before, table, day(15)));
  });

  it('has a partition on a date of which only box scores know a game', () => {
    const view = seasonWith({ [FREE]: [{ subjects: [UNKNOWN] }] });
    const season = [...view.seasons.values()][0] as never;
    expect(partitionDates(registry.get(table), season)).toContain(FREE);
    expect(whyNoPartition(view, registry.get(table), FREE)).toBeUndefined();
    const without = seasonWith({ [FREE]: [{}] });
    expect(partitionDates(registry.get(table), [...without.seasons.values()][0] as never)).not.toContain(
      FREE,
    );
  });

  it('is asked for when live work has brought such box scores', () => {
    const view = seasonWith({ [FREE]: [{ subjects: [UNKNOWN] }] });
    const live = { through: 'phase2', correlationId: 'live-1' };
    const asked = decideFollowers(
      view,
      [{ table: PLAYERS, date: FREE, want: live }],
      () => false,
      () => 60,
    ).flatMap((action) =>
      action.kind === 'request run' ? [action.table] : action.kind === 'wait' ? [action.ref.table] : [],
    );
    expect(asked).toContain(table);
  });

  it('takes no game that has left because schedules agree, until newer box scores have it', () => {
    const view = seasonWith({ [FREE]: [{ subjects: [UNKNOWN] }] });
    const leftAt = (observedAt: string): View => {
      const seasons = [...view.seasons].map(([label, season]) => {
        const archives = new Map(season.archives);
        const denial = { name: 'f', source: 'files', observedAt, says: 'no row' } as const;
        const leaving = [{ kind: 'schedule', game: UNKNOWN, date: FREE, denials: [denial], hasLeft: true }];
        for (const name of CALENDARS) archives.set(name, { ...(archives.get(name) as Archive), leaving });
        return [label, { ...season, archives }] as const;
      });
      return { ...view, seasons: new Map(seasons) };
    };
    const datesOf = (each: View) =>
      partitionDates(registry.get(table), [...each.seasons.values()][0] as never);
    expect(datesOf(leftAt('2024-06-02T12:00:00.000Z'))).not.toContain(FREE);
    expect(datesOf(leftAt('2024-05-31T12:00:00.000Z'))).toContain(FREE);
  });
});

describe('a game that has left the schedule', () => {
  /** Whether box scores that were learned so make it a game that was played, after answers of 2023-10-29 said that it is none. */
  function isBoxed(observedKind: 'measured' | 'assumed', observedAt: string, night = NIGHT): boolean {
    const entry = { name: 'f', kind: 'player_box', uri: 'f', sha256: 'f', source: 'files' };
    const slice = { entry: 'f', digest: 'd', subjects: [UNKNOWN] };
    const whose = { season: '2023-24', revision: 1, entries: { f: { ...entry, observedKind, observedAt } } };
    const denial = { name: 's', source: 'nba_cdn', says: 'no row' } as const;
    const schedule: Archive = {
      ...{ ...whose, table: 'nbac_schedule', slices: {} },
      leaving: [
        {
          ...{ kind: 'schedule', game: UNKNOWN, date: night, hasLeft: true },
          denials: [{ ...denial, observedAt: `${day(29)}T12:00:00Z` }],
        },
      ],
    };
    const boxes: Archive = { ...whose, table: PLAYERS, slices: { [night]: [slice] } };
    const archives = new Map([
      ['nbac_schedule', schedule],
      [PLAYERS, boxes],
    ]);
    return boxedGames({ name: 'nbac_schedule' }, PLAYERS, archives, night).length > 0;
  }

  it('is played all the same by box scores that were learned later, which a file is not because it was imported later', () => {
    expect(isBoxed('measured', '2026-11-30T12:00:00Z')).toBe(true);
    expect(isBoxed('measured', `${day(28)}T12:00:00Z`)).toBe(false);
    expect(isBoxed('assumed', '2026-11-30T12:00:00Z')).toBe(false);
    // The box scores of a night count as known from noon of the day after, 16:00 UTC.
    expect(isBoxed('assumed', '2026-11-30T12:00:00Z', day(29))).toBe(true);
  });
});
