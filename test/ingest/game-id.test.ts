import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import {
  gameId,
  isSeasonType,
  kindOfGame,
  isStandInId,
  parseAnyGameId,
  parseGameId,
  parseNbaGameId,
  SEASON_TYPES,
  seasonOfGame,
  standInId,
  type NbaGameId,
} from '../../shared/domain/game-id.ts';
import { TRICODES } from '../../shared/domain/teams.ts';

const nbaId = (text: string): NbaGameId => {
  const id = parseNbaGameId(text);
  if (id === undefined) throw new Error(`${text} is no id`);
  return id;
};

describe('the system’s id of a game', () => {
  it('is date, visitor and home team', () => {
    expect(gameId(gameDate('2024-01-26'), 'DAL', 'ATL')).toBe('20240126_DAL_ATL');
  });

  it('says what it was built from', () => {
    const dates = fc.integer({ min: 0, max: 30_000 }).map((days) => addDays(gameDate('1946-11-01'), days));
    const teams = fc.constantFrom(...TRICODES);
    fc.assert(
      fc.property(dates, teams, teams, (date, away, home) => {
        fc.pre(away !== home);
        expect(parseGameId(gameId(date, away, home))).toEqual({ date, away, home });
      }),
    );
  });

  it('cannot be built for a team against itself', () => {
    expect(() => gameId(gameDate('2024-01-26'), 'DAL', 'DAL')).toThrow('DAL cannot play itself');
  });

  it.each([
    '20240126_DAL_DAL',
    '20240230_DAL_ATL',
    '20240126_DAL_XXX',
    '20240126_PHO_ATL',
    '2024-01-26_DAL_ATL',
    '20240126_dal_atl',
    ' 20240126_DAL_ATL',
    '0022300652',
    '',
  ])('is not %j', (text) => {
    expect(parseGameId(text)).toBeUndefined();
  });

  it('F-07 is nothing that can be compared with the league’s id', () => {
    const ours = gameId(gameDate('2024-01-26'), 'DAL', 'ATL');
    const theirs = nbaId('0022300652');
    // @ts-expect-error the two kinds of id never overlap
    expect(ours === theirs).toBe(false);
  });
});

describe('the league’s id of a game', () => {
  it.each([
    ['0012300001', 'preseason', false],
    ['0022300061', 'regular', true],
    ['0032300001', 'all_star', false],
    ['0042300101', 'playoffs', true],
    ['0052300101', 'play_in', true],
    ['0062300001', 'cup_final', true],
  ])('%s is a %s game', (text, kind, held) => {
    expect(kindOfGame(nbaId(text))).toBe(kind);
    expect(isSeasonType(kindOfGame(nbaId(text)))).toBe(held);
  });

  it.each([
    ['0022300061', '2023-24'],
    ['0029900001', '1999-00'],
    ['0024600001', '1946-47'],
    ['0020000001', '2000-01'],
  ])('%s is of the season %s', (text, season) => {
    expect(seasonOfGame(nbaId(text))).toBe(season);
  });

  it.each([
    '22300061',
    '0072300001',
    '0002300001',
    '002230006',
    '00223000611',
    '002230006x',
    '20240126_DAL_ATL',
    '',
  ])('is not %j', (text) => {
    expect(parseNbaGameId(text)).toBeUndefined();
  });
});

describe('a stand-in for the id of the league', () => {
  it('says kind and season as an id of the league does, and is none', () => {
    const id = standInId('regular', gameDate('2024-01-26'), 'ATL');
    expect(id).toBe('9022303510');
    expect([kindOfGame(id), seasonOfGame(id), isStandInId(id)]).toEqual(['regular', '2023-24', true]);
    expect([parseNbaGameId(id), parseAnyGameId(id)]).toEqual([undefined, id]);
    expect(['0022300645', '9012300001', '9032300001', '90223000010'].map(isStandInId)).toEqual(
      Array(4).fill(false),
    );
  });

  it('is another one for another kind, date or home team', () => {
    const dates = fc.integer({ min: 0, max: 30_000 }).map((days) => addDays(gameDate('1946-11-01'), days));
    const games = fc.tuple(fc.constantFrom(...SEASON_TYPES), dates, fc.constantFrom(...TRICODES));
    fc.assert(
      fc.property(games, games, (one, other) => {
        // The years of two seasons that are a century apart have the same digits.
        fc.pre(Math.abs(Number(one[1].slice(0, 4)) - Number(other[1].slice(0, 4))) < 99);
        expect(standInId(...one) === standInId(...other)).toBe(one.join() === other.join());
        expect(kindOfGame(standInId(...one))).toBe(one[0]);
      }),
    );
  });
});
