/** How tables are drawn in terminals of several widths. */
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { barWidth, workMeter } from '../../scripts/cli/progress.ts';
import { shown, shownJson, shownLines } from '../../scripts/cli/shown.ts';
import { table, wrappedTo } from '../../scripts/cli/text-table.ts';

const lines = (text: string): string[] => stripVTControlCharacters(text).split('\n');

describe('tables', () => {
  it('numbers are grouped and stand to the right; ids and years are texts and stay as they are', () => {
    expect(
      lines(
        table(
          ['name', 'id', 'rows'],
          [
            ['Luka Dončić', '1629029', 12345],
            ['姚明', '2397', null],
          ],
          80,
        ),
      ),
    ).toEqual([
      'name         id         rows',
      'Luka Dončić  1629029  12 345',
      '姚明         2397          -',
    ]);
  });

  it.each([40, 80, 120, 200])('no line is wider than %d columns', (width) => {
    const head = ['table', 'dates', 'a long reason', 'rows', 'who', 'when'];
    const reason = 'the scoresheet was lost, and the league has never published another one for this night';
    const rows = [
      ['player_game_summary', 163, reason, 26724, 'somebody with quite a long name', '2024-01-05T12:00:00'],
      ['nbac_schedule', 1, '', 3, 'ann', '2024-01-05T12:00:00'],
    ];
    const drawn = lines(table(head, rows, width));
    expect(drawn.filter((line) => stringWidth(line) > width)).toEqual([]);
    const words = drawn.join(' ').split(/\s+/);
    for (const word of [...reason.split(' '), '2024-01-05T12:00:00', '163']) expect(words).toContain(word);
  });

  it('columns that do not fit stand in a second table with the name of each row', () => {
    const head = ['table', ...Array.from({ length: 8 }, (_, i) => `number_${i}`)];
    const drawn = lines(table(head, [['shots', 1, 2, 3, 4, 5, 6, 7, 8]], 40));
    expect(drawn.filter((line) => line.startsWith('shots'))).toHaveLength(3);
    expect(drawn.join(' ').match(/number_\d/g)).toHaveLength(8);
  });

  it('what says nothing is left out: a column of empty cells, and rows of a second table', () => {
    const head = ['table', 'phase', '', 'rows', 'reason'];
    const drawn = (reason: string): string[] =>
      lines(
        table(
          head,
          [
            ['nbac_schedule', '2', '', 12345, ''],
            ['shots', '4', '', 3, reason],
          ],
          36,
        ),
      );
    expect(drawn('')).toEqual([
      'table          phase    rows',
      'nbac_schedule  2      12 345',
      'shots          4           3',
    ]);
    expect(drawn('bootstrap_of_14_days')).toEqual([
      'table          phase    rows',
      'nbac_schedule  2      12 345',
      'shots          4           3',
      '',
      'table          reason',
      'shots          bootstrap_of_14_days',
    ]);
  });

  it('a text is wrapped at blanks, a word longer than the line anywhere', () => {
    expect(wrappedTo('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrappedTo('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
  });
});

describe('bars of progress', () => {
  it.each([
    [40, 4],
    [80, 22],
    [120, 28],
    [0, 22],
  ])('in a terminal of %d columns are %d wide', (columns, width) => expect(barWidth(columns)).toBe(width));

  it('say for how long the partitions under way are at work, from the first second on', () => {
    const meter = workMeter();
    const told = (running: number, settled: number, now: number): string => meter({ running, settled }, now);

    expect([told(178, 15, 0), told(178, 15, 900), told(178, 15, 1000), told(178, 15, 3900)]).toEqual([
      '',
      '',
      '178 at work, 1 s',
      '178 at work, 3 s',
    ]);
    // Another batch of the table is under way.
    expect([told(178, 193, 4000), told(178, 193, 5000), told(0, 371, 9000)]).toEqual([
      '',
      '178 at work, 1 s',
      '',
    ]);
  });
});

describe('text from outside', () => {
  const outside = 'a\u001b]0;title\u0007b\u009b31mc\u202ed\r\n';

  it('is shown with its control characters', () => {
    expect(shown(outside)).toBe('a\\u001b]0;title\\u0007b\\u009b31mc\\u202ed\\u000d\\u000a');
    expect(lines(table(['x'], [['a\nb\u001b[2J']], 80))[1]).toBe('a\\u000ab\\u001b[2J');
  });

  it('keeps its lines where a whole answer is printed, and has no colours', () => {
    expect(shownLines('\u001b[31mred\u001b[39m\n\u001b[2J\t')).toBe(
      '\\u001b[31mred\\u001b[39m\n\\u001b[2J\\u0009',
    );
  });

  it('shows characters that are not seen or turn the direction, and leaves letters as they are', () => {
    expect(shown('a\u200eb\u061cc\ufeffd\u00ade\u{e0041}f')).toBe(
      'a\\u200eb\\u061cc\\ufeffd\\u00ade\\udb40\\udc41f',
    );
    expect(shown('Dončić می\u200cخواهم 姚明 \u{1f3c0}')).toBe('Dončić می\u200cخواهم 姚明 \u{1f3c0}');
  });

  it('is the same value in a JSON document', () => {
    const json = shownJson(JSON.stringify({ outside }));
    expect(json).toMatch(/^[\u0020-\u007e]*$/);
    expect(JSON.parse(json)).toEqual({ outside });
  });
});
