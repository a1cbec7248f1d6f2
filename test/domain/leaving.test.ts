/** A game that was played leaves when two observations agree, in whatever order they come, and never on one. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  archivedContent,
  changedDates,
  hasLostGames,
  heldGames,
  withImport,
  type Archive,
  type ArchivedImport,
  type Slice,
} from '../../shared/domain/archive.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { shrunkText } from '../../shared/domain/leaving.ts';

const [TUESDAY, THURSDAY] = [gameDate('2023-10-24'), gameDate('2023-10-26')];
const WHOSE = { table: 'nbac_schedule', season: '2023-24' };

/**
 * What one observation says of game `a`: it was played, by other teams or by yet others, or two days later; it has no score, its
 * line cannot be loaded, or it is not there. Game `b` was always played.
 */
interface Observation {
  readonly says:
    'played' | 'other teams' | 'yet other teams' | 'other date' | 'no score' | 'unread' | 'no row';
  /** Minutes after noon. */
  readonly minute: number;
  readonly source?: string;
}

const TEAMS: Readonly<Record<string, string>> = {
  played: 'LAL at DEN',
  'other teams': 'DEN at LAL',
  'yet other teams': 'BKN at DEN',
  'other date': 'LAL at DEN',
};

const at = (minute: number): string => new Date(Date.UTC(2023, 9, 27, 12, minute)).toISOString();

function entryOf({ says, minute, source = 'files' }: Observation, replaces = false): ArchivedImport {
  const name = `${source} ${minute} ${says}`;
  const games = says === 'no row' ? ['b'] : ['a', 'b'];
  const teams = TEAMS[says];
  const slice: Slice = {
    ...{ entry: name, digest: name, subjects: games },
    finals: teams === undefined ? ['b'] : games,
    teams: { b: 'MIA at ATL', ...(teams === undefined ? {} : { a: teams }) },
    ...(says === 'unread' ? { unread: ['a'] } : {}),
  };
  return {
    entries: {
      [name]: {
        ...{ name, kind: 'schedule', uri: name, sha256: name, source },
        ...{ observedAt: at(minute), observedKind: 'measured' },
      },
    },
    slices:
      says === 'other date'
        ? new Map([
            [TUESDAY, [{ ...slice, subjects: ['b'], finals: ['b'], teams: { b: 'MIA at ATL' } }]],
            [THURSDAY, [{ ...slice, subjects: ['a'], finals: ['a'], teams: { a: 'LAL at DEN' } }]],
          ])
        : new Map([[TUESDAY, [slice]]]),
    wholeSeason: replaces ? ['schedule'] : [],
    movable: ['schedule'],
    ...(replaces ? {} : { guard: { kinds: { schedule: { first: TUESDAY, last: THURSDAY } }, played: [] } }),
  };
}

const after = (observations: readonly Observation[]): Archive => {
  let archive = withImport(undefined, WHOSE, entryOf({ says: 'played', minute: 0 }));
  for (const each of observations) archive = withImport(archive, WHOSE, entryOf(each));
  return archive;
};

/** What is known of game `a`: who speaks for it, whether as a played one, and what is held. */
function knownOf(archive: Archive): object {
  const [slice] = Object.values(archive.slices)
    .flat()
    .filter(({ subjects }) => subjects.includes('a'));
  return {
    by: slice === undefined ? null : (archive.entries[slice.entry]?.name ?? null),
    isPlayed: slice?.finals?.includes('a') ?? false,
    teams: slice?.teams?.['a'] ?? null,
    held: heldGames(archive, TUESDAY).map(({ game }) => game),
    left: hasLostGames(archive, TUESDAY),
    reason: shrunkText(heldGames(archive, TUESDAY)),
  };
}

describe('a game that was played', () => {
  it.each(['no row', 'no score'] as const)('keeps its rows when one observation says: %s', (says) => {
    const archive = after([{ says, minute: 30 }]);
    expect(knownOf(archive)).toMatchObject({
      by: 'files 0 played',
      isPlayed: true,
      held: ['a'],
      left: false,
    });
    expect(shrunkText(heldGames(archive, TUESDAY))).toMatch(
      new RegExp(
        `^shrunk_source: game a has no ${says === 'no row' ? 'row' : 'final score'} in files 30 ${says} of 2023-10-27 12:30 UTC; its old rows stay`,
      ),
    );
    expect(archivedContent(archive, TUESDAY)).not.toBe(archivedContent(after([]), TUESDAY));
    expect(changedDates(after([]), archive)).toEqual([TUESDAY]);
  });

  it.each<[string, Observation[], boolean]>([
    [
      'the same source says so again within the hour',
      [
        { says: 'no row', minute: 1 },
        { says: 'no row', minute: 60 },
      ],
      false,
    ],
    [
      'the same source says so an hour later',
      [
        { says: 'no row', minute: 1 },
        { says: 'no row', minute: 61 },
      ],
      true,
    ],
    [
      'another source says so at once',
      [
        { says: 'no row', minute: 1 },
        { says: 'no row', minute: 2, source: 'espn' },
      ],
      true,
    ],
    [
      'one lacks its row and the other its score',
      [
        { says: 'no row', minute: 1 },
        { says: 'no score', minute: 90 },
      ],
      true,
    ],
    [
      'the source had it in between',
      [
        { says: 'no row', minute: 1 },
        { says: 'played', minute: 50 },
        { says: 'no row', minute: 61 },
      ],
      false,
    ],
  ])('leaves or stays: %s', (_, observations, hasLeft) => {
    expect(knownOf(after(observations))).toMatchObject({
      isPlayed: !hasLeft,
      left: hasLeft,
      held: hasLeft ? [] : ['a'],
    });
  });

  it.each<[string, Observation[], string]>([
    ['once', [{ says: 'other teams', minute: 1 }], 'LAL at DEN'],
    [
      'twice within the hour',
      [
        { says: 'other teams', minute: 1 },
        { says: 'other teams', minute: 60 },
      ],
      'LAL at DEN',
    ],
    [
      'twice, but not the same ones',
      [
        { says: 'other teams', minute: 1 },
        { says: 'yet other teams', minute: 90 },
      ],
      'LAL at DEN',
    ],
    [
      'after it had no row',
      [
        { says: 'no row', minute: 1 },
        { says: 'other teams', minute: 90 },
      ],
      'LAL at DEN',
    ],
    [
      'an hour apart',
      [
        { says: 'other teams', minute: 1 },
        { says: 'other teams', minute: 61 },
      ],
      'DEN at LAL',
    ],
    [
      'an hour apart, and others after them',
      [
        { says: 'other teams', minute: 1 },
        { says: 'other teams', minute: 61 },
        { says: 'yet other teams', minute: 62 },
      ],
      'DEN at LAL',
    ],
    [
      'until the first file comes again',
      [
        { says: 'other teams', minute: 1 },
        { says: 'other teams', minute: 61 },
        { says: 'played', minute: 70 },
      ],
      'LAL at DEN',
    ],
  ])('has other teams when entries agree on them: %s', (_, observations, teams) => {
    const archive = after(observations);
    expect(knownOf(archive)).toMatchObject({ isPlayed: true, teams });
  });

  it('keeps its teams with a reason that says what another entry has', () => {
    expect(shrunkText(heldGames(after([{ says: 'other teams', minute: 30 }]), TUESDAY))).toMatch(
      /^shrunk_source: game a has other teams \(DEN at LAL\) in files 30 other teams of 2023-10-27 12:30 UTC; its old rows stay/,
    );
  });

  it('stays however often its line cannot be loaded, and two sources alike change nothing', () => {
    const archive = after([
      { says: 'unread', minute: 1 },
      { says: 'unread', minute: 90 },
      { says: 'unread', minute: 91, source: 'espn' },
      { says: 'no row', minute: 95 },
    ]);
    expect(knownOf(archive)).toMatchObject({ isPlayed: true, held: ['a'], left: false });
    expect(shrunkText(heldGames(after([{ says: 'unread', minute: 1 }]), TUESDAY))).toContain(
      'game a has a line that cannot be loaded in files 1 unread',
    );
  });

  it('is back as soon as an entry has it, and needs two observations again', () => {
    const gone: Observation[] = [
      { says: 'no row', minute: 1 },
      { says: 'no row', minute: 61 },
    ];
    expect(knownOf(after([...gone, { says: 'played', minute: 70 }]))).toMatchObject({
      by: 'files 70 played',
      held: [],
      left: false,
    });
    expect(
      knownOf(after([...gone, { says: 'played', minute: 70 }, { says: 'no row', minute: 80 }])),
    ).toMatchObject({ isPlayed: true, held: ['a'] });
  });

  it('leaves at once on the word of a person', () => {
    const archive = withImport(
      after([{ says: 'no row', minute: 1 }]),
      WHOSE,
      entryOf({ says: 'no row', minute: 2 }, true),
    );
    expect(knownOf(archive)).toMatchObject({ by: null, held: [], left: false });
  });

  it('is left alone by entries that do not speak for its date', () => {
    const fragment = entryOf({ says: 'no row', minute: 1 });
    const archive = withImport(after([]), WHOSE, {
      ...fragment,
      guard: { kinds: { schedule: null }, played: [] },
    });
    expect(knownOf(archive)).toMatchObject({ by: 'files 0 played', held: [] });
  });

  it('takes equal news without a change', () => {
    const gone = after([
      { says: 'no score', minute: 1 },
      { says: 'no score', minute: 61 },
    ]);
    const again = withImport(gone, WHOSE, entryOf({ says: 'no score', minute: 61 }));
    expect(changedDates(gone, again)).toEqual([]);
  });
});

describe('any observations', () => {
  const observation = fc.record({
    says: fc.constantFrom(
      'played',
      'other teams',
      'yet other teams',
      'other date',
      'no score',
      'unread',
      'no row',
    ),
    minute: fc.integer({ min: 1, max: 240 }),
    source: fc.constantFrom('files', 'espn'),
  }) satisfies fc.Arbitrary<Observation>;
  const different = fc.uniqueArray(observation, { maxLength: 7, selector: ({ minute }) => minute });

  it('leave the same behind in every order', () => {
    fc.assert(
      fc.property(
        different.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          const inOrder = all.toSorted((a, b) => a.minute - b.minute);
          expect(knownOf(after(shuffled))).toEqual(knownOf(after(inOrder)));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('take a game away only when two of them agree since it was last seen', () => {
    fc.assert(
      fc.property(different, (all) => {
        const seen = Math.max(0, ...all.flatMap(({ says, minute }) => (says === 'played' ? [minute] : [])));
        const denials = all.filter(({ says, minute }) => says !== 'played' && minute > seen);
        const agree = denials.some((a) =>
          denials.some(
            (b) =>
              ![a.says, b.says].includes('unread') &&
              TEAMS[a.says] === TEAMS[b.says] &&
              (a.source !== b.source || b.minute - a.minute >= 60),
          ),
        );
        expect(hasLostGames(after(all), TUESDAY)).toBe(agree);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a historical file, of which nobody knows when it was learned', () => {
  /** A file with game `a`, imported years later, and an answer about it of a time. */
  function archiveAfter(file: 'no score' | 'played', observedAt: string): string {
    const imported = entryOf({ says: file, minute: 0 });
    const years = { observedAt: '2026-11-30T12:00:00Z', observedKind: 'assumed' } as const;
    const entries = Object.fromEntries(
      Object.entries(imported.entries).map(([key, entry]) => [key, { ...entry, ...years }]),
    );
    const answer = entryOf({ says: 'played', minute: 1, source: 'nba_cdn' });
    const told = Object.fromEntries(
      Object.entries(answer.entries).map(([key, entry]) => [key, { ...entry, observedAt }]),
    );
    const before = withImport(undefined, WHOSE, { ...imported, entries });
    const archive = withImport(before, WHOSE, { ...answer, entries: told });
    const speaker = archive.slices[TUESDAY]?.find(({ subjects }) => subjects.includes('a'));
    return archive.entries[speaker?.entry ?? '']?.source ?? 'nobody';
  }

  it.each([
    // The game of Tuesday counts as known from Wednesday, 12:00 Eastern.
    ['played', '2023-10-25T15:59:00Z', 'files'],
    ['played', '2023-10-25T16:01:00Z', 'nba_cdn'],
    // A game without a score counts as known from the first day of its season.
    ['no score', '2023-09-30T12:00:00Z', 'files'],
    ['no score', '2023-10-25T05:00:00Z', 'nba_cdn'],
  ] as const)('that says %s gives way to an answer of %s or not: %s', (file, observedAt, speaker) => {
    expect(archiveAfter(file, observedAt)).toBe(speaker);
  });

  /** What is held or has left after an answer of `nba_cdn`, a file of that source imported years later, and another answer. */
  function afterFileOf(first: Observation, ...then: readonly Observation[]): string {
    const years = { observedAt: '2026-11-30T12:00:00Z', observedKind: 'assumed' } as const;
    let archive = withImport(undefined, WHOSE, entryOf({ says: 'played', minute: 0, source: 'nba_cdn' }));
    for (const [i, observation] of [first, ...then].entries()) {
      const { entries, ...rest } = entryOf({ ...observation, source: 'nba_cdn' });
      const told = Object.fromEntries(
        Object.entries(entries).map(([key, entry]) => [key, i === 0 ? { ...entry, ...years } : entry]),
      );
      archive = withImport(archive, WHOSE, { ...rest, entries: told });
    }
    return (archive.leaving ?? []).map(({ hasLeft, denials }) => `${hasLeft} ${denials.length}`).join();
  }

  it('is no second observation an hour after an answer of its source: nobody knows when it was made', () => {
    expect(afterFileOf({ says: 'no row', minute: 1 })).toBe('false 1');
    expect(afterFileOf({ says: 'no row', minute: 1 }, { says: 'no row', minute: 5 })).toBe('false 2');
    expect(
      afterFileOf(
        { says: 'no row', minute: 1 },
        { says: 'no row', minute: 5 },
        { says: 'no row', minute: 65 },
      ),
    ).toMatch(/^true/);
  });

  it('is taken back by an answer after its game, although it was imported later', () => {
    expect(afterFileOf({ says: 'no row', minute: 1 }, { says: 'played', minute: 5 })).toBe('');
  });
});
