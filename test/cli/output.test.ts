/** What a command prints: CSV that every reader takes as it was meant, and no listener left behind by a slow reader. */
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../scripts/cli/csv-text.ts';
import { outputTo } from '../../scripts/cli/output.ts';

describe('rows as CSV', () => {
  it('have an empty cell for NULL, and quotation marks where a reader needs them', () => {
    expect(
      csvText([
        ['a', 'b'],
        [null, 13.18],
        ['Luka, "Magic"', true],
        [' padded ', 'two\nlines'],
      ]),
    ).toBe('a,b\n,13.18\n"Luka, ""Magic""",true\n" padded ","two\nlines"');
  });

  it('of one column have no empty lines, which readers pass over', () => {
    const text = csvText([['x'], [null], ['a'], ['']]);
    expect(text).toBe('x\n""\na\n""');
    expect(Papa.parse<string[]>(text).data).toEqual([['x'], [''], ['a'], ['']]);
  });

  it('are read as they were written', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', ',', '"', '\n', '\r', 'č', "'", ';', '\ufeff'),
    });
    const cell = fc.oneof(text, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const { data } = Papa.parse<string[]>(`head,line\n${csvText(rows)}`, {
          delimiter: ',',
          newline: '\n',
        });
        expect(data.slice(1)).toEqual(
          rows.map((row) => row.map((each) => (each === null ? '' : String(each)))),
        );
      }),
    );
  });
});

describe('the output of a command', () => {
  it('waits for a slow reader, and does not go on listening to it', async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const output = outputTo(stream as never);
    const listening = (): number =>
      ['drain', 'close', 'error'].reduce((sum, event) => sum + stream.listenerCount(event), 0);
    const before = listening();
    let text = '';
    for (const part of ['one ', 'two ', 'three']) {
      const written = output.write(part);
      text += String(stream.read());
      await written;
      expect(listening()).toBe(before);
    }
    expect(text).toBe('one two three');
  });

  it('ends with its reader', async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const output = outputTo(stream as never);
    const written = output.write('nobody reads this');
    stream.destroy();
    await expect(written).resolves.toBeUndefined();
  });
});
