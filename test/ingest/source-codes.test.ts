/** Ids, seasons, kinds of games, positions and unknown values in the forms in which sources write them. */
import { describe, expect, it } from 'vitest';
import { isUnknown, plainCell } from '../../functions/ingest/plain-cells.ts';
import { gameIdIn, positionIn, seasonIn, seasonTypeIn } from '../../functions/ingest/source-codes.ts';

describe('a cell', () => {
  it.each([
    ['LAL', 'LAL'],
    [' LAL ', 'LAL'],
    ['"LAL"', 'LAL'],
    ["'LAL'", 'LAL'],
    ['="0022200076"', '0022200076'],
    ['\u00A0LAL\u200B', 'LAL'],
    ['“LAL”', 'LAL'],
    ["O'Neal", "O'Neal"],
    ["'tis", "'tis"],
    ['Nikola Jokić', 'Nikola Jokić'],
    ['  ', ''],
    ['', ''],
  ])('%j is %j', (cell, plain) => {
    expect(plainCell(cell)).toBe(plain);
  });

  it('says that a value is unknown in a few words, and 0 and a name do not', () => {
    for (const cell of ['', '-', '--', 'NaN', 'nan', 'None', 'NULL', 'N/A', 'NA', '\\N'])
      expect(isUnknown(cell)).toBe(true);
    for (const cell of ['0', 'Nance', 'DNP', '.']) expect(isUnknown(cell)).toBe(false);
  });
});

describe('the id of a game', () => {
  it.each(['0022200076', '22200076', '22200076.0'])('is read from %s', (cell) => {
    expect(gameIdIn(cell)).toBe('0022200076');
  });

  it.each(['222000760', '2220007', '92200076', '022200076', '22200076.5', ''])('is not %j', (cell) => {
    expect(gameIdIn(cell)).toBeUndefined();
  });
});

describe('a season and a kind of game', () => {
  it.each(['2022-23', '2022/23', '2022-2023'])('are read from %s', (cell) => {
    expect(seasonIn(cell)).toBe('2022-23');
  });

  it.each(['2022', '2022-24', '2022-2024', '22-23'])('are no season: %s', (cell) => {
    expect(seasonIn(cell)).toBeUndefined();
  });

  it.each([
    ['regular', 'regular'],
    ['Regular Season', 'regular'],
    ['Playoffs', 'playoffs'],
    ['PlayIn', 'play_in'],
    ['play-in', 'play_in'],
    ['Preseason', undefined],
  ])('%s is %s', (cell, kind) => {
    expect(seasonTypeIn(cell)).toBe(kind);
  });
});

describe('a position', () => {
  it.each([
    ['PG', 'G'],
    ['SG', 'G'],
    ['SF', 'F'],
    ['PF', 'F'],
    ['C', 'C'],
    ['Guard', 'G'],
    ['Center-Forward', 'C-F'],
    ['G/F', 'G-F'],
    ['PG-SG', 'G'],
    ['Shooting Guard', 'G'],
    ['f-c', 'F-C'],
    ['X', 'X'],
  ])('%s is %s', (cell, position) => {
    expect(positionIn(cell)).toBe(position);
  });
});
