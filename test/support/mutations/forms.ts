/** Other ways to write a whole file, and ways in which a file is damaged. */
import { gzipSync } from 'node:zlib';
import { pick, shuffled, type Random } from '../../../shared/domain/seeded-random.ts';
import type { Cells } from '../real-part.ts';
import type { Kind, Table } from './ground.ts';
import { fileOf, textOf, type Draw, type Kinds, type Witness } from './mutation.ts';

const KINDS: readonly Kind[] = [
  'schedule',
  'player_box',
  'team_box',
  'game_odds',
  'player_props',
  'injury_report',
];

/** A file of any kind, as other bytes. */
const written =
  (
    witness: Witness,
    what: string,
    bytesOf: (table: Table, rows: readonly Cells[], random: Random) => Uint8Array,
    ending = '.csv',
  ): Draw =>
  (_, random) => {
    const of = pick(random, KINDS);
    return {
      witness,
      what: `${of}: ${what}`,
      edits: [],
      form: {
        of,
        write: (table, rows) => {
          const bytes = bytesOf(table, rows, random);
          return { name: `${table.name}${ending}`, bytes: () => bytes };
        },
      },
    };
  };
const text = (what: string, change: (text: string, table: Table) => string): Draw =>
  written('nothing changes', what, (table, rows) => Buffer.from(change(textOf(table, rows), table)));
const refused = (what: string, change: (text: string, random: Random) => Uint8Array | string): Draw =>
  written('nothing changes', what, (table, rows, random) =>
    Buffer.from(change(textOf(table, rows), random) as string),
  );

/** The file with its first line changed. */
const withHeader = (whole: string, change: (header: string) => string): string => {
  const end = whole.indexOf('\n');
  return `${change(whole.slice(0, end))}${whole.slice(end)}`;
};

/** What is sound in another form, and what is refused as a whole: either changes nothing. */
export const FORMS: Kinds = {
  'a file with other line ends': text('CRLF', (whole) => whole.replaceAll('\n', '\r\n')),
  'a file with a byte order mark': text('a byte order mark', (whole) => `\uFEFF${whole}`),
  'a file with a header in capitals': text('a header in capitals', (whole) =>
    withHeader(whole, (header) => header.toUpperCase()),
  ),
  'a file with blank lines': text('blank lines', (whole) => whole.replaceAll('\n', '\n\n')),
  'a file with quotation marks': text('quotation marks', (whole) =>
    whole
      .split('\n')
      .map((line) => (line === '' || line.includes('"') ? line : `"${line.split(',').join('","')}"`))
      .join('\n'),
  ),
  'a file with its columns in another order': written(
    'nothing changes',
    'columns in another order',
    (table, rows, random) => Buffer.from(textOf({ columns: shuffled(random, table.columns) }, rows)),
  ),
  'a file with a column more': written('nothing changes', 'a column more', (table, rows) =>
    Buffer.from(textOf({ columns: [...table.columns, 'comment'] }, rows)),
  ),
  'a file with its rows in another order': written(
    'nothing changes',
    'rows in another order',
    (table, rows, random) => Buffer.from(textOf(table, shuffled(random, rows))),
  ),
  'a file without its last line end': text('no last line end', (whole) => whole.trimEnd()),
  'a file that is cut off in a line': refused('cut off in a line', (whole, random) =>
    whole.slice(0, Math.floor(whole.length * (0.5 + random.unit() / 2))).replace(/,[^,\n]*\n?$/, ''),
  ),
  'a file whose compression is cut off': written(
    'nothing changes',
    'compression cut off',
    (table, rows, random) => {
      const bytes = gzipSync(textOf(table, rows), { level: 1 });
      return bytes.subarray(0, Math.floor(bytes.length * (0.3 + random.unit() / 2)));
    },
    '.csv.gz',
  ),
  'a file in Latin-1': refused('Latin-1', (whole) => Buffer.from(whole.replaceAll('a', '\u00e4'), 'latin1')),
  'a file in UTF-16': refused('UTF-16', (whole) => Buffer.from(`\uFEFF${whole}`, 'utf16le')),
  'a file without a header': refused('no header', (whole) => whole.slice(whole.indexOf('\n') + 1)),
  'a file that lacks a column': written('nothing changes', 'a column less', (table, rows) =>
    Buffer.from(textOf({ columns: table.columns.filter((column) => column !== 'game_date') }, rows)),
  ),
  'a file with semicolons': refused('semicolons', (whole) => whole.replaceAll(',', ';')),
  'a file that is a page of the web': refused(
    'a page of the web',
    () => '<html><body>404 Not Found</body></html>\n',
  ),
  'a file with nothing in it': refused('empty', () => ''),
  'a file with a header alone': refused('a header alone', (whole) => whole.slice(0, whole.indexOf('\n') + 1)),
  'a file once more': (_, random) => {
    const of = pick(random, KINDS);
    return { witness: 'nothing changes', what: `${of} once more`, edits: [], form: { of, write: fileOf } };
  },
};
