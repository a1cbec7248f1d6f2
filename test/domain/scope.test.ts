/** Which final games a raw table is meant to have, and which dates are looked at again when that changes. */
import { describe, expect, it } from 'vitest';
import type { Archive, Slice } from '../../shared/domain/archive.ts';
import { whyNotExpected } from '../../shared/domain/calendar.ts';
import { coverageOf } from '../../shared/domain/coverage.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { outsideOf, outsideScopeOf } from '../../shared/domain/outside.ts';
import { UNTOUCHED, type PartitionState } from '../../shared/domain/partition.ts';
import {
  finalsOn,
  isInside,
  isSameScope,
  meantOf,
  outsideOn,
  scopeFor,
  seasonsNamed,
  type GivenScope,
  type Meant,
  type ScopeOfSeason,
} from '../../shared/domain/scope.ts';
import {
  factsOf,
  SOURCE_NOT_ARCHIVED,
  whyNoPartition,
  type SeasonView,
  type View,
} from '../../shared/domain/view.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { toyRegistry } from '../support/toy-tables.ts';

const SEASON = '2023-24';
const BOX = 'nbac_player_boxscores';
/** A date of the regular season, two of the play-in, and one of the play-offs. */
const [FIRST, SECOND, THIRD, LATER] = ['2024-04-14', '2024-04-16', '2024-04-17', '2024-04-20'].map(
  gameDate,
) as [GameDate, GameDate, GameDate, GameDate];
const GAMES: Readonly<Record<string, readonly string[]>> = {
  [FIRST]: ['0022301186', '0022301187'],
  [SECOND]: ['0052300101', '0052300111'],
  [THIRD]: ['0052300201'],
  [LATER]: ['0042300101'],
};

const slice = (subjects: readonly string[], finals?: readonly string[]): Slice => ({
  ...{ entry: 'e', digest: subjects.join(' '), subjects },
  ...(finals === undefined ? {} : { finals }),
});
const archiveOf = (table: string, slices: Readonly<Record<string, readonly Slice[]>>): Archive => ({
  ...{ table, season: SEASON, revision: 1, slices },
  entries: {},
});
const schedule = archiveOf(
  'nbac_schedule',
  Object.fromEntries(Object.entries(GAMES).map(([date, games]) => [date, [slice(games, games)]])),
);
/** Box scores of these dates. */
const boxOf = (table: string, ...dates: readonly GameDate[]): Archive =>
  archiveOf(table, Object.fromEntries(dates.map((date) => [date, [slice(GAMES[date] ?? [])]])));

const registry = toyRegistry();
const given = (scope: ScopeOfSeason, revision = 1): GivenScope => ({
  ...{ season: SEASON, revision, ...scope },
  ...{ file: 'scope.json', by: 'ann', at: '2024-06-01T12:00:00.000Z' },
});
const all = (meant: Meant): GivenScope => given({ meant, tables: {} });

function viewWith(
  archives: readonly Archive[],
  scope?: GivenScope,
  states: Readonly<Record<string, PartitionState>> = {},
): View {
  const season: SeasonView = {
    calendar: {
      ...{ season: SEASON, openingNight: gameDate('2023-10-24'), dates: [FIRST, SECOND, THIRD, LATER] },
      games: Object.fromEntries(
        Object.entries(GAMES).map(([date, games]) => [
          date,
          { games: games.length, finalGames: games.length, playedGames: games.length },
        ]),
      ),
    },
    states: new Map([[BOX, states]]),
    gameHashes: new Map(),
    archives: new Map([schedule, ...archives].map((archive) => [archive.table, archive])),
    ...(scope === undefined ? {} : { scope }),
  };
  return {
    ...{ registry, seasons: new Map([[SEASON, season]]), today: gameDate('2024-07-01') },
    acceptMissing: false,
  };
}
const fingerprintsOf = (view: View, table = BOX): string[] =>
  [FIRST, SECOND, THIRD, LATER].map((date) => evaluate(view).inputFingerprint(registry.get(table), date));

describe('a final game is inside of the scope of a raw table', () => {
  const regularAndPlayoffs = boxOf(BOX, FIRST, LATER);
  it.each([
    [
      'without a scope, when the files have games of its kind',
      regularAndPlayoffs,
      undefined,
      'playoffs',
      SECOND,
      true,
    ],
    ['and not when they have none', regularAndPlayoffs, undefined, 'play_in', SECOND, false],
    ['nobody knows: there is no file', undefined, undefined, 'play_in', SECOND, true],
    ['when the scope restricts nothing', regularAndPlayoffs, {}, 'play_in', SECOND, true],
    ['when its kind is meant', regularAndPlayoffs, { seasonTypes: ['play_in'] }, 'play_in', SECOND, true],
    ['and not when other kinds are', undefined, { seasonTypes: ['regular'] }, 'play_in', SECOND, false],
    [
      'on the first of the dates',
      undefined,
      { dates: [{ start: SECOND, end: THIRD }] },
      'play_in',
      SECOND,
      true,
    ],
    [
      'on the last of the dates',
      undefined,
      { dates: [{ start: SECOND, end: THIRD }] },
      'play_in',
      THIRD,
      true,
    ],
    [
      'not on the date after them',
      undefined,
      { dates: [{ start: SECOND, end: THIRD }] },
      'playoffs',
      LATER,
      false,
    ],
    ['not where nothing is meant', undefined, { seasonTypes: [] }, 'regular', FIRST, false],
    [
      'when the files have a game of its kind on the date, whatever is meant',
      boxOf(BOX, SECOND),
      { seasonTypes: ['regular'] },
      'play_in',
      SECOND,
      true,
    ],
    [
      'not because of a game of its kind on another date',
      boxOf(BOX, SECOND),
      { seasonTypes: ['regular'] },
      'play_in',
      THIRD,
      false,
    ],
  ] as const)('%s', (_, archive, meant, kind, date, inside) => {
    expect(isInside({ archive, meant }, kind, date)).toBe(inside);
  });
});

describe('a date', () => {
  it('has its final games by kind', () => {
    expect(finalsOn(schedule, SECOND)).toEqual(new Map([['play_in', 2]]));
    expect(finalsOn(schedule, gameDate('2024-04-15'))).toBeUndefined();
    expect(finalsOn(undefined, SECOND)).toBeUndefined();
  });

  it('is outside as a whole, in part or not at all', () => {
    const scoped = { archive: undefined, meant: { seasonTypes: ['regular'] as const } };
    const finals = new Map([['regular', 2] as const, ['play_in', 1] as const]);
    expect(outsideOn(scoped, finals, SECOND)).toEqual({ kinds: ['play_in'], games: 1, isWhole: false });
    expect(outsideOn(scoped, new Map([['play_in', 3]]), SECOND)).toMatchObject({ games: 3, isWhole: true });
    expect(outsideOn(scoped, new Map([['regular', 3]]), SECOND)).toMatchObject({ games: 0, isWhole: false });
  });
});

describe('a scope file', () => {
  const scope = {
    seasons: ['2022-23', '2023-24'],
    seasonTypes: ['regular', 'playoffs'] as const,
    tables: { nbac_shot_chart: { seasons: ['2023-24'], dates: [{ start: FIRST, end: LATER }] } },
  };
  it('says for each season what is meant; a field of a table takes the place of the same field of the whole', () => {
    expect(scopeFor(scope, '2023-24')).toEqual({
      meant: { seasonTypes: ['regular', 'playoffs'] },
      tables: {
        nbac_shot_chart: { seasonTypes: ['regular', 'playoffs'], dates: [{ start: FIRST, end: LATER }] },
      },
    });
    expect(scopeFor(scope, '2022-23').tables).toEqual({ nbac_shot_chart: { seasonTypes: [] } });
    expect(scopeFor(scope, '2021-22')).toMatchObject({ meant: { seasonTypes: [] } });
    expect(seasonsNamed(scope)).toEqual(['2022-23', '2023-24']);
    expect(meantOf(scopeFor(scope, '2022-23'), BOX)).toEqual({ seasonTypes: ['regular', 'playoffs'] });
    expect(meantOf(undefined, BOX)).toBeUndefined();
  });

  it('is the same in another order', () => {
    const [a, b] = [
      { meant: { seasonTypes: ['regular', 'playoffs'] as const }, tables: {} },
      scopeFor({ seasonTypes: ['playoffs', 'regular'] }, SEASON),
    ];
    expect(isSameScope(a, b)).toBe(true);
    expect(isSameScope(a, { ...a, tables: { [BOX]: {} } })).toBe(false);
    expect(isSameScope({ meant: {}, tables: {} }, { meant: { seasonTypes: [] }, tables: {} })).toBe(false);
  });
});

describe('the fingerprint of a raw partition', () => {
  const before = viewWith([boxOf(BOX, FIRST, LATER)]);

  it('changes on exactly the other dates of the play-in when its first box score comes', () => {
    const [first, second, third, later] = fingerprintsOf(before);
    const after = fingerprintsOf(viewWith([boxOf(BOX, FIRST, SECOND, LATER)]));
    expect(after[0]).toBe(first);
    expect(after[1]).not.toBe(second);
    expect(after[2]).not.toBe(third);
    expect(after[3]).toBe(later);
  });

  it('is on dates without games outside what it is without any scope, whatever the scope says', () => {
    const without = fingerprintsOf(before);
    const said = fingerprintsOf(
      viewWith([boxOf(BOX, FIRST, LATER)], all({ seasonTypes: ['regular', 'playoffs'] })),
    );
    expect(said).toEqual(without);
  });

  it('changes where a scope gives another answer, and only there', () => {
    const without = fingerprintsOf(before);
    const widened = fingerprintsOf(viewWith([boxOf(BOX, FIRST, LATER)], all({})));
    expect(widened.map((each, i) => each === without[i])).toEqual([true, false, false, true]);
    const until = all({ dates: [{ start: FIRST, end: SECOND }] });
    const some = fingerprintsOf(viewWith([boxOf(BOX, FIRST, LATER)], until));
    expect(some.map((each, i) => each === without[i])).toEqual([true, false, true, true]);
  });

  it('of what is known before a game, and of the calendar, has no scope', () => {
    const scope = all({ seasonTypes: [] });
    for (const table of ['nbac_schedule', 'nbac_game_results', 'odds_api_game_lines'])
      expect(fingerprintsOf(viewWith([], scope), table)).toEqual(fingerprintsOf(viewWith([]), table));
    expect(
      outsideOf(viewWith([], scope).seasons.get(SEASON), registry, registry.get('nbac_schedule'), SECOND)
        .games,
    ).toBe(0);
  });

  it('belongs to another version when a scope was given in between', () => {
    const version = (scope?: GivenScope) =>
      evaluate(viewWith([boxOf(BOX, FIRST)], scope)).inputVersion(registry.get(BOX), FIRST);
    expect(version(given({ meant: {}, tables: {} }, 3))).toBe(version() + 3);
  });
});

describe('a season of which no file has box scores', () => {
  const [box, summary] = [registry.get(BOX), registry.get('player_summary')];

  it('is missing without a scope, and not expected where the scope leaves it out', () => {
    expect(whyNoPartition(viewWith([]), box, SECOND)).toBe(SOURCE_NOT_ARCHIVED);
    const view = viewWith([], all({ seasonTypes: ['regular'] }));
    expect([FIRST, SECOND].map((date) => whyNoPartition(view, box, date))).toEqual([
      SOURCE_NOT_ARCHIVED,
      'source_unavailable',
    ]);
    const season = view.seasons.get(SEASON);
    if (season === undefined) throw new Error('the view has the season');
    const why = (date: GameDate) => whyNotExpected(summary.definition, date, factsOf(view, season));
    expect([FIRST, SECOND].map(why)).toEqual([undefined, 'source_unavailable']);
  });

  it('is counted apart in the coverage', () => {
    const view = viewWith([], all({ seasonTypes: ['regular'] }));
    const dates = [FIRST, SECOND, THIRD, LATER];
    expect(coverageOf(view, box, dates)).toMatchObject({
      missing: [FIRST],
      outsideScope: { dates: [SECOND, THIRD, LATER], games: 4 },
      gameDates: 4,
    });
    expect(coverageOf(view, summary, dates)).toMatchObject({
      missing: [FIRST],
      outsideScope: { dates: [SECOND, THIRD, LATER], games: 4 },
    });
  });
});

describe('a computed table of played games', () => {
  it('has nothing of a date that lies outside for the box scores that it needs', () => {
    const view = viewWith([boxOf(BOX, FIRST)]);
    expect(outsideScopeOf(view, registry.get('player_summary'), SECOND)).toMatchObject({ isWhole: true });
    expect(outsideScopeOf(view, registry.get('player_summary'), FIRST)).toMatchObject({ games: 0 });
  });

  it('is still to be built when its date came back into the scope after it was settled without a run', () => {
    const settled = { ...UNTOUCHED, status: 'empty', reason: 'source_unavailable' } as const;
    const view = viewWith([boxOf(BOX, FIRST)], all({}));
    const states = new Map([['player_summary', { [SECOND]: settled }]]);
    const season = view.seasons.get(SEASON);
    if (season === undefined) throw new Error('the view has the season');
    const settledView = { ...view, seasons: new Map([[SEASON, { ...season, states }]]) };
    expect(coverageOf(settledView, registry.get('player_summary'), [SECOND])).toMatchObject({
      missing: [SECOND],
    });
  });

  it('is built where only a raw table lies outside that it can do without', () => {
    const real = loadRegistry();
    expect(real.neededSources).toEqual([BOX]);
    const season = viewWith([boxOf(BOX, FIRST, SECOND), boxOf('nbac_team_boxscore', FIRST)]).seasons.get(
      SEASON,
    );
    if (season === undefined) throw new Error('the view has the season');
    const empty = { ...UNTOUCHED, status: 'empty', reason: 'source_unavailable' } as const;
    const states = new Map([['nbac_team_boxscore', { [SECOND]: empty }]]);
    const view: View = {
      ...viewWith([]),
      registry: real,
      seasons: new Map([[SEASON, { ...season, states }]]),
    };
    const offense = real.get('team_offense_game_summary');
    expect(whyNoPartition(view, offense, SECOND)).toBeUndefined();
    expect(outsideScopeOf(view, offense, SECOND)).toMatchObject({ games: 0 });
    expect(outsideScopeOf(view, real.get('nbac_team_boxscore'), SECOND)).toMatchObject({
      games: 2,
      isWhole: true,
    });
  });
});
