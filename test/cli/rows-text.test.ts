/** How the rows of a query are drawn in terminals of several widths. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import stringWidth from 'string-width';
import { rowsText } from '../../scripts/cli/rows-text.ts';
import type { AnswerColumn, Cell } from '../../shared/ports/warehouse.ts';

const text = (name: string): AnswerColumn => ({ name, type: 'STRING' });
const number = (name: string): AnswerColumn => ({ name, type: 'FLOAT64' });
const drawn = (columns: readonly AnswerColumn[], rows: readonly Cell[][], width: number): string[] =>
  stripVTControlCharacters(rowsText(columns, rows, width)).split('\n');

describe('rows of a query', () => {
  it('numbers stand to the right, NULL is a dash, whatever the script of a name', () => {
    expect(
      drawn(
        [text('player'), number('points')],
        [
          ['Luka Dončić', 73],
          ['姚明', null],
          ['✅', 7.5],
        ],
        80,
      ),
    ).toEqual(['player       points', 'Luka Dončić      73', '姚明              -', '✅              7.5']);
  });

  it('long texts are cut before a line is too long', () => {
    const [, line = ''] = drawn(
      [text('name'), number('n')],
      [
        ['x'.repeat(200), 1],
        ['y', 22],
      ],
      40,
    );
    expect(line).toMatch(/^x+… {3}1$/);
    expect(stringWidth(line)).toBe(40);
  });

  it('columns that do not fit are counted', () => {
    const columns = Array.from({ length: 30 }, (_, i) => number(`number_${i}`));
    const row = columns.map((_, i) => i);
    const lines = drawn(columns, [row, row], 80);
    expect(lines.every((line) => stringWidth(line) <= 80)).toBe(true);
    expect(lines.at(-1)).toBe('22 more columns: name those you want, or --format csv');
  });

  it('one wide row stands upright', () => {
    const columns = Array.from({ length: 30 }, (_, i) => number(`number_${i}`));
    const lines = drawn(columns, [columns.map((_, i) => i)], 80);
    expect(lines).toHaveLength(30);
    expect(lines[3]).toBe('number_3   3');
  });

  it('control characters are shown and steer nothing', () => {
    expect(drawn([text('name')], [['a\u001b[31mb\nc\u202e']], 80)[1]).toBe('a\\u001b[31mb\\u000ac\\u202e');
  });
});
