/** Whom a row of a source is about: by its id, its name, an alias, or a form of the name that is unique on the team. */
import { describe, expect, it } from 'vitest';
import {
  answersDigest,
  identityOf,
  matchOf,
  namesAnother,
  type Alias,
  type KnownPerson,
} from '../../shared/domain/identity.ts';
import { bareLookup, lookupOfNewcomer } from '../../shared/domain/namesakes.ts';
import { agreement, firstNameFirst } from '../../shared/domain/player-names.ts';
import { playerLookup } from '../../shared/domain/player-lookup.ts';
import { makeRandom, pick } from '../../shared/domain/seeded-random.ts';

const SEASON = '2022-23';
const person = (name: string, team: string, lookup = playerLookup(name)): KnownPerson => ({
  lookup,
  name,
  teams: { [SEASON]: [team] },
});
const PERSONS = new Map<number, KnownPerson>([
  [1, person('Aaron Example', 'LAL')],
  [2, person('Nikola Jokić', 'DEN')],
  [3, person('Tim Hardaway Jr.', 'DAL')],
  [4, person('Cameron Johnson', 'PHX')],
  [5, person('Keldon Johnson', 'SAS')],
  [6, person('P.J. Tucker', 'PHI')],
  [7, person('Shai Gilgeous-Alexander', 'OKC')],
  [8, person('Luc Mbah a Moute', 'LAC')],
  [10, person('Chris Sample', 'LAL', 'chrissample')],
  [11, person('Chris Sample', 'DEN', 'chrissample_11')],
  [12, person('Ben Twin', 'MIA', 'bentwin')],
  [13, person('Ben Twin', 'MIA', 'bentwin_13')],
  [14, person('Marcus Brother', 'PHX')],
  [15, person('Markieff Brother', 'PHX')],
  [16, { lookup: 'garyelder', name: 'Gary Elder', teams: { '2003-04': ['SEA'] } }],
  [17, person('Gary Elder II', 'GSW')],
]);
const identity = identityOf(PERSONS);
const ask = (name: string, team: string | readonly string[] = 'LAL', id: number | null = null) =>
  matchOf(identity, SEASON, { name, id, teams: typeof team === 'string' ? [team] : team });

describe('a row without an id', () => {
  it.each([
    ['Example, Aaron', 'LAL', 1],
    ['Example', 'LAL', 1],
    ['Hardaway Jr.', 'DAL', 3],
    ['AARON  EXAMPLE', 'LAL', 1],
    ['Jokic, Nikola', 'DEN', 2],
    ['N. Jokic', 'DEN', 2],
    ['Hardaway Jr., Tim', 'DAL', 3],
    ['Hardaway, Tim Jr.', 'DAL', 3],
    ['Hardaway, Jr., Tim', 'DAL', 3],
    ['Tim Hardaway', 'DAL', 3],
    ['Tim Hardaway Junior', 'DAL', 3],
    ['Cam Johnson', 'PHX', 4],
    ['C. Johnson', 'PHX', 4],
    ['PJ Tucker', 'PHI', 6],
    ['P. J. Tucker', 'PHI', 6],
    ['Gilgeous Alexander, Shai', 'OKC', 7],
    ['Mbah a Moute, Luc', 'LAC', 8],
    ['Chris Sample', 'LAL', 10],
    ['Sample, Chris', 'DEN', 11],
    ['Markieff Brother', 'PHX', 15],
    ['Gary Elder', 'GSW', 17],
  ])('%s of %s is the player with the id %i', (name, team, id) => {
    expect(ask(name, team)).toMatchObject({ id, lookup: PERSONS.get(id)?.lookup });
  });

  it.each([
    ['a stranger', 'Nobody Known', 'LAL'],
    ['a name that is nearly right', 'Aaron Exampel', 'LAL'],
    ['the short form of a name on another team', 'C. Johnson', 'LAL'],
    ['one of two namesakes of one team', 'Ben Twin', 'MIA'],
    ['one of two namesakes of two other teams', 'Chris Sample', 'BOS'],
    ['a short form that fits two of the team', 'M. Brother', 'PHX'],
    ['a last name that two of the team have', 'Brother', 'PHX'],
    ['a last name of another team', 'Example', 'DEN'],
    ['a part of a last name', 'Mbah', 'LAC'],
    ['another suffix', 'Tim Hardaway III', 'DAL'],
    ['another first name with the same initial', 'Carl Johnson', 'PHX'],
  ])('is matched with nobody when it names %s', (_what, name, team) => {
    const found = ask(name, team);
    expect(found).toMatchObject({ id: null, matchedBy: 'nobody' });
    expect([...PERSONS.values()].map(({ lookup }) => lookup)).not.toContain(found.lookup);
  });

  it('may be of either team of a game', () => {
    expect(ask('C. Johnson', ['PHX', 'DEN'])).toMatchObject({ id: 4, matchedBy: 'team' });
    expect(ask('Chris Sample', ['LAL', 'DEN'])).toMatchObject({ id: null });
  });
});

describe('a row with an id', () => {
  it('is of that person whatever its name says', () => {
    expect(ask('Ben Twin', 'MIA', 13)).toEqual({ lookup: 'bentwin_13', id: 13, matchedBy: 'id' });
    expect(ask('Somebody Else', 'LAL', 1)).toMatchObject({ id: 1 });
  });

  it('is of nobody when it has the whole name of another player of the team', () => {
    const [own, other] = [3, 4] as const;
    expect(ask('Cameron Johnson', ['DAL', 'PHX'], own)).toMatchObject({ id: null, matchedBy: 'nobody' });
    expect(namesAnother(identity, SEASON, { id: own, name: 'Johnson, Cameron', teams: ['PHX'] })).toBe(other);
    // Nobody of that name is there to be mistaken for him.
    expect(ask('Cameron Johnson', ['DAL', 'BOS'], own)).toMatchObject({ id: own });
    // Namesakes and forms of one name contradict nothing.
    expect(ask('Chris Sample', ['LAL', 'DEN'], 10)).toMatchObject({ id: 10 });
    expect(ask('Chris Sample', ['LAL', 'DEN'], 11)).toMatchObject({ id: 11 });
    expect(ask('Gary Elder II', 'GSW', 16)).toMatchObject({ id: 16 });
  });

  it('goes by its name when nobody is known by the id', () => {
    expect(ask('Example, Aaron', 'LAL', 999)).toMatchObject({ id: 1, matchedBy: 'name' });
    expect(ask('Nobody Known', 'LAL', 999)).toMatchObject({ id: null, matchedBy: 'nobody' });
  });
});

describe('an alias', () => {
  const withAlias = (alias: Alias) => identityOf(PERSONS, [alias]);
  const alias: Alias = { name: 'Bones Tucker', id: 6, team: null, season: null };
  const question = { name: 'Tucker, Bones', id: null, teams: ['PHI'] };

  it('gives a name to a player', () => {
    expect(matchOf(withAlias(alias), SEASON, question)).toMatchObject({ id: 6, matchedBy: 'alias' });
  });

  it.each([
    ['another team', { team: 'LAL' }],
    ['another season', { season: '2021-22' }],
    ['a player nobody knows', { id: 999 }],
  ])('for %s gives nothing', (_what, change) => {
    expect(matchOf(withAlias({ ...alias, ...change }), SEASON, question)).toMatchObject({ id: null });
  });

  it('decides between namesakes of one team, and never against a whole name', () => {
    const twin = withAlias({ name: 'Ben Twin', id: 13, team: 'MIA', season: null });
    expect(matchOf(twin, SEASON, { name: 'Ben Twin', id: null, teams: ['MIA'] })).toMatchObject({ id: 13 });
    const wrong = withAlias({ name: 'Aaron Example', id: 6, team: null, season: null });
    expect(matchOf(wrong, SEASON, { name: 'Aaron Example', id: null, teams: ['LAL'] })).toMatchObject({
      id: 1,
    });
  });
});

describe('names', () => {
  it('agree in every order and spelling that sources use, and not with different suffixes', () => {
    expect(firstNameFirst('Porter Jr., Michael')).toBe('Michael Porter Jr.');
    expect(agreement('Porter, Michael', 'Michael Porter Jr.')).toBe('same');
    expect(agreement('Michael Porter Sr.', 'Michael Porter Jr.')).toBeUndefined();
    expect(agreement('Porter Jr.', 'Michael Porter Jr.')).toBe('short');
    expect(agreement('Porter Sr.', 'Michael Porter Jr.')).toBeUndefined();
    expect(agreement('a Moute', 'Luc Mbah a Moute')).toBe(undefined);
    expect(agreement('Mbah', 'Luc Mbah a Moute')).toBeUndefined();
  });

  it('drawn at random are matched with the right player or with nobody, in any decoration', () => {
    const random = makeRandom('names', 7);
    const firsts = ['Aaron', 'Al', 'Bert', 'B.J.', 'Carl', 'José'];
    const lasts = ['Example', 'Sample', "O'Neal", 'Van Horn', 'Núñez', 'Test-Case'];
    const suffixes = ['', ' Jr.', ' II', ' III'];
    for (let round = 0; round < 200; round += 1) {
      const persons = new Map<number, KnownPerson>();
      for (let id = 1; id <= 12; id += 1) {
        const name = `${pick(random, firsts)} ${pick(random, lasts)}${pick(random, suffixes)}`;
        const taken = new Set([...persons.values()].map(({ lookup }) => lookup));
        const lookup = lookupOfNewcomer(id, name, (bare) => taken.has(bare));
        persons.set(id, { lookup, name, teams: { [SEASON]: [pick(random, ['LAL', 'DEN', 'PHX'])] } });
      }
      const known = identityOf(persons);
      expect(new Set([...persons.values()].map(({ lookup }) => lookup)).size).toBe(persons.size);
      for (const [id, { name, teams }] of persons) {
        const [first = '', ...rest] = name.split(' ');
        const written = pick(random, [name, name.toUpperCase(), `${rest.join(' ')}, ${first}`, ` ${name} `]);
        const found = matchOf(known, SEASON, { name: written, id: null, teams: teams?.[SEASON] ?? [] });
        const isAlone = [...persons].every(
          ([other, { name: otherName, teams: theirs }]) =>
            other === id || otherName !== name || theirs?.[SEASON]?.[0] !== teams?.[SEASON]?.[0],
        );
        expect(found.id, `${written} in round ${round}`).toBe(isAlone ? id : null);
      }
    }
  });
});

describe('lookups of newcomers', () => {
  it('are decided by the list of namesakes, whoever comes first', () => {
    const free = () => false;
    expect(lookupOfNewcomer(203187, 'Chris Johnson', free)).toBe('chrisjohnson_203187');
    expect(lookupOfNewcomer(202419, 'Chris Johnson', () => true)).toBe('chrisjohnson');
    expect(lookupOfNewcomer(203484, 'Chris Johnson', free)).toBe('chrisjohnson_203484');
    expect(lookupOfNewcomer(203318, 'Glen Rice Jr.', free)).toBe('glenrice_203318');
  });

  it('are the bare name unless it is taken', () => {
    expect(lookupOfNewcomer(5, 'Ann Other', () => false)).toBe('annother');
    expect(lookupOfNewcomer(5, 'Ann Other', () => true)).toBe('annother_5');
    expect(bareLookup('annother_5')).toBe('annother');
  });
});

describe('the digest of answers', () => {
  const answer = { name: 'A', id: null, teams: ['LAL'], lookup: 'a', matchedBy: 'nobody' } as const;
  it('is the same in any order, and another for another answer', () => {
    const other = { ...answer, name: 'B' };
    expect(answersDigest([answer, other])).toBe(answersDigest([other, answer]));
    expect(answersDigest([answer])).not.toBe(answersDigest([{ ...answer, lookup: 'b', matchedBy: 'alias' }]));
    expect(answersDigest([])).toBe('');
  });
});
