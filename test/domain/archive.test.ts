/** What a newer import says of a game replaces what an older one said of it; nothing else is touched. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  archivedContent,
  archivedDates,
  playedGames,
  withImport,
  type Archive,
  type ArchivedImport,
  type Slice,
} from '../../shared/domain/archive.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';

const NIGHTS = ['2023-10-24', '2023-10-25', '2023-10-26'].map(gameDate);
const [TUESDAY, WEDNESDAY, THURSDAY] = NIGHTS as [GameDate, GameDate, GameDate];
const WHOSE = { table: 'nbac_player_boxscores', season: '2023-24' };

/** What a file says: on which date it has rows of which games, in which wording. */
type Said = Readonly<Record<string, Readonly<Record<string, string>>>>;

function imported(
  name: string,
  said: Said,
  { kind = 'player_box', ...more }: { kind?: string } & Partial<ArchivedImport> = {},
): ArchivedImport {
  return {
    entries: {
      [name]: {
        name,
        kind,
        uri: name,
        sha256: name,
        source: 'files',
        observedAt: '2024-06-01T12:00:00.000Z',
        observedKind: 'assumed',
      },
    },
    slices: new Map(
      Object.entries(said).map(([date, games]): [GameDate, Slice[]] => [
        gameDate(date),
        [{ entry: name, digest: JSON.stringify(games), subjects: Object.keys(games) }],
      ]),
    ),
    wholeSeason: [],
    movable: [],
    ...more,
  };
}

/** Which file speaks for which game on which date. */
function speakers(archive: Archive): Record<string, string[]> {
  return Object.fromEntries(
    archivedDates(archive).map((date) => [
      date,
      (archive.slices[date] ?? []).flatMap(({ entry, subjects }) =>
        subjects.map((game) => `${game}: ${archive.entries[entry]?.name ?? ''}`),
      ),
    ]),
  );
}

const after = (...imports: readonly ArchivedImport[]): Archive => {
  let archive: Archive | undefined;
  for (const each of imports) archive = withImport(archive, WHOSE, each);
  if (archive === undefined) throw new Error('no import');
  return archive;
};

describe('an import', () => {
  const october = imported('october', { [TUESDAY]: { a: '1', b: '1' }, [WEDNESDAY]: { c: '1' } });

  it('of later dates adds them and leaves the rest alone', () => {
    const both = after(october, imported('next', { [THURSDAY]: { d: '1' } }));
    expect(speakers(both)).toEqual({
      [TUESDAY]: ['a: october', 'b: october'],
      [WEDNESDAY]: ['c: october'],
      [THURSDAY]: ['d: next'],
    });
    expect(both.slices[TUESDAY]).toBe(
      after(october).slices[TUESDAY] === undefined ? undefined : both.slices[TUESDAY],
    );
  });

  it('of one game takes over this game and no other of its date', () => {
    const both = after(october, imported('corrected', { [TUESDAY]: { b: '2' } }));
    expect(speakers(both)[TUESDAY]).toEqual(['a: october', 'b: corrected']);
    expect(archivedContent(both, TUESDAY)).not.toBe(archivedContent(after(october), TUESDAY));
    expect(archivedContent(both, WEDNESDAY)).toBe(archivedContent(after(october), WEDNESDAY));
  });

  it('of the same rows changes nothing, under whatever name the file comes', () => {
    const first = after(october);
    const again = imported('october-again', { [TUESDAY]: { a: '1', b: '1' }, [WEDNESDAY]: { c: '1' } });
    expect(withImport(first, WHOSE, october)).toBe(first);
    expect(withImport(first, WHOSE, again)).toBe(first);
  });

  it('of a file that another has corrected takes its games back', () => {
    const corrected = imported('corrected', { [TUESDAY]: { b: '2' } });
    expect(archivedContent(after(october, corrected, october), TUESDAY)).toBe(
      archivedContent(after(october), TUESDAY),
    );
  });

  it('does not speak for what files of another kind say', () => {
    const lite = imported('lite', { [TUESDAY]: { a: '1' } }, { kind: 'player_box_lite' });
    expect(speakers(after(october, lite))[TUESDAY]).toEqual(['a: october', 'b: october', 'a: lite']);
  });

  it('with all files of a kind takes away what it does not have', () => {
    const whole = imported('whole', { [TUESDAY]: { a: '1' } }, { wholeSeason: ['player_box'] });
    expect(speakers(after(october, whole))).toEqual({ [TUESDAY]: ['a: whole'] });
  });
});

describe('a schedule', () => {
  const schedule = (name: string, said: Said, more: Partial<ArchivedImport> = {}): ArchivedImport =>
    imported(name, said, { kind: 'schedule', movable: ['schedule'], ...more });

  it('moves a game to its new date, also when it does not speak for the season', () => {
    const first = schedule('first', { [TUESDAY]: { a: '1' }, [WEDNESDAY]: { b: '1', c: '1' } });
    const moved = schedule('moved', { [THURSDAY]: { a: '2', b: '2' } });
    expect(speakers(after(first, moved))).toEqual({
      [WEDNESDAY]: ['c: first'],
      [THURSDAY]: ['a: moved', 'b: moved'],
    });
  });

  it('names the games that have been played', () => {
    const said = schedule('first', { [TUESDAY]: { a: '1', b: '1' } });
    const slices = new Map(
      [...said.slices].map(([date, ofDate]) => [date, ofDate.map((slice) => ({ ...slice, finals: ['a'] }))]),
    );
    const archive = after({ ...said, slices });
    expect(playedGames(archive, 'schedule')).toEqual(['a']);
    expect(playedGames(archive, 'box_scores')).toEqual(['a', 'b']);
    expect(playedGames(undefined, 'schedule')).toEqual([]);
  });
});

describe('any sequence of imports', () => {
  const said = fc.dictionary(
    fc.constantFrom(...NIGHTS),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { minKeys: 1 }),
    { minKeys: 1 },
  );

  it('leaves for each game of a date the newest file that has it, and only that one', () => {
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 6 }), (files) => {
        const archive = after(...files.map((each, i) => imported(`file ${i}`, each)));
        for (const date of NIGHTS) {
          const newest = new Map<string, Said[string]>();
          for (const file of files)
            for (const game of Object.keys(file[date] ?? {})) newest.set(game, file[date] ?? {});
          const spoken = (archive.slices[date] ?? []).flatMap(({ digest, subjects }) =>
            subjects.map((game) => [game, digest] as const),
          );
          expect(spoken.toSorted()).toEqual(
            [...newest].map(([game, ofFile]) => [game, JSON.stringify(ofFile)] as const).toSorted(),
          );
        }
      }),
    );
  });
});
