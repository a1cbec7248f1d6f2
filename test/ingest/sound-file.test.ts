/** What a file is refused for as a whole, before any of its lines is read. */
import { describe, expect, it } from 'vitest';
import { sliceFile } from '../../functions/ingest/file-slices.ts';
import { soundTextOf } from '../../functions/ingest/sound-file.ts';
import { sourceFileOf } from '../../functions/ingest/source-files.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { boxLine, csv } from '../support/source-lines.ts';

const { text } = csv('player_box_2023-24.csv', [boxLine]);

describe('the text of a file', () => {
  it('is what its bytes say in UTF-8', () => {
    expect(soundTextOf(Buffer.from(text))).toEqual({ text });
  });

  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'is not UTF-8 text'],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), 'holds NUL characters, as no text in UTF-8 does'],
    [
      'a disk that lost a block',
      Buffer.concat([Buffer.from(text), Buffer.alloc(512), Buffer.from('\n')]),
      'holds NUL characters, as no text in UTF-8 does',
    ],
    ['Windows-1252', Buffer.from(text.replace('LeBron', 'Lébron'), 'latin1'), 'is not UTF-8 text'],
  ])('is refused in %s', (_name, bytes, fault) => {
    expect(soundTextOf(bytes)).toEqual({ fault });
  });
});

describe('a header', () => {
  const file = sourceFileOf('player_box_2023-24.csv');
  const faultOf = (content: string): string => {
    if (file === undefined) throw new Error('This is the name of a source file');
    const found = sliceFile(file, content, RAW_LOADS);
    return 'fault' in found ? found.fault : '';
  };

  it.each([
    [';', 'semicolons'],
    ['\t', 'tabs'],
    ['|', 'bars'],
  ])('with %j between its columns is refused with the reason', (separator, name) => {
    expect(faultOf(text.replaceAll(',', separator))).toMatch(
      new RegExp(`^lacks the columns season.*Its columns are separated by ${name}, not by commas$`, 's'),
    );
  });

  it('is not told in full when it is a whole file', () => {
    const fault = faultOf(text.repeat(100).replaceAll('\n', '\r'));
    expect(fault).toMatch(/^lacks the column/);
    expect(fault.length).toBeLessThan(1000);
  });
});
