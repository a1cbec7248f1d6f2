/** Files are looked at before anything is archived: a damaged one is named, and nothing changes. */
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { archiveFiles, type SourceFile } from '../../functions/control/archive-files.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore, type MemoryStore } from '../../functions/targets/simulated/memory-store.ts';

const HEADER =
  'game_id,game_date,season,season_type,home_team,visitor_team,home_pts,visitor_pts,neutral_site,tipoff_et,arena,arena_city';
const GAME = '0022300061,2023-10-24,2023-24,regular,DEN,LAL,119,107,,,,';
const NEXT = '0022300062,2023-10-24,2023-24,regular,GSW,PHX,104,108,,,,';
const WHOLE = `${HEADER}\n${GAME}\n${NEXT}\n`;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (name: string, bytes: Uint8Array): SourceFile => ({ name, bytes: () => bytes });
const SOUND = file('schedule_partial_2023-24.csv', utf8(WHOLE));

describe('an import', () => {
  let store: MemoryStore;
  let ports: Parameters<typeof archiveFiles>[0];
  beforeEach(() => {
    store = memoryStore();
    ports = { store, archive: memoryArchive(), clock: () => new Date('2024-06-01T12:00:00Z') };
  });
  const importing = (...files: readonly SourceFile[]) => archiveFiles(ports, files);

  it.each([
    [
      'a gzip without its end',
      'schedule_2023-24.csv.gz',
      gzipSync(WHOLE.repeat(50)).subarray(0, -12),
      /^schedule_2023-24\.csv\.gz is cut off or damaged \(.+\); nothing was imported\. Get the file again/,
    ],
    [
      'a gzip that is damaged inside',
      'schedule_2023-24.csv.gz',
      gzipSync(WHOLE.repeat(50)).fill(0xff, 20, 30),
      /^schedule_2023-24\.csv\.gz is cut off or damaged/,
    ],
    [
      'a gzip that grows without bounds',
      'schedule_2023-24.csv.gz',
      gzipSync(`${HEADER}\n${'0'.repeat(40_000_000)}\n`),
      /^schedule_2023-24\.csv\.gz grows more than 200 times when it is unpacked/,
    ],
    [
      'a text that ends in the middle of a line',
      'schedule_2023-24.csv',
      utf8(WHOLE.slice(0, -12)),
      /^schedule_2023-24\.csv ends in the middle of a line/,
    ],
    [
      'a text that ends within quotes',
      'schedule_2023-24.csv',
      utf8(`${HEADER}\n${GAME}\n0022300062,2023-10-24,2023-24,regular,GSW,PHX,104,"10`),
      /^schedule_2023-24\.csv ends in the middle of a line/,
    ],
    [
      'a text in another encoding',
      'schedule_2023-24.csv',
      Buffer.from(WHOLE.replace('DEN', 'D\u00c9N'), 'latin1'),
      /^schedule_2023-24\.csv is not UTF-8 text/,
    ],
  ])('names %s, and changes nothing', async (_what, name, bytes, message) => {
    await expect(importing(SOUND, file(name, bytes))).rejects.toThrow(message);
    expect(await store.list('archives')).toEqual([]);
  });

  it.each([
    ['whose last line has no end', WHOLE.trimEnd()],
    ['with the line ends of Windows and a byte order mark', `\uFEFF${WHOLE.replaceAll('\n', '\r\n')}`],
  ])('takes a file %s', async (_what, text) => {
    await importing(file('schedule_2023-24.csv', utf8(text)));
    await importing(file('schedule_2023-24.csv.gz', gzipSync(text)));
    expect((await store.list('archives')).map(({ id }) => id)).toContain('nbac_schedule_2023-24');
  });
});
