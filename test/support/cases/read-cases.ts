/**
 * The cases of a table: `functions/processors/<table>/cases/*.yaml`, rows in and rows out, in aligned text.
 *
 *     name: a push is neither over nor under          # title of the test
 *     about: margin = points - line                   # the arithmetic in words; may be left out
 *     batch: [2024-01-10]                             # the dates to compute
 *     readStart: 2024-01-10
 *     given:
 *       nba_raw.nbac_schedule:
 *         base: season=2023-24 game_date=2024-01-10   # what every row has that says nothing else
 *         rows: |
 *           home_team_abbr  away_team_abbr
 *           BBB             AAA                       # comment: what the row is for
 *           DDD             CCC  season=2022-23       # a column outside the header
 *     expect:
 *       keys: [player_lookup]
 *       columns: |                                    # sideways: a line for each column
 *         player_lookup  over  push
 *         margin         0.5   0
 *         opening_line   18.5  -                      # not compared
 *
 * An indented line continues the line above it; a list may break after a comma. NULL is written out; a column that a
 * given row does not name is NULL. `a|b` is one row for each, `2024-01-01..2024-01-09/2` one for every second date,
 * `{player_lookup}` the text of another cell and `{game_date:compact}` its date as 20240110.
 *
 * The reader is strict: a key, table or column it does not know is an error that names file and line.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { gameDate, type GameDate } from '../../../shared/domain/game-date.ts';
import { qualifiedName, type TableDefinition } from '../../../shared/domain/table.ts';
import { fault, rowsOf, type PlacedRow, type PlacedText, type TableText } from './rows.ts';

export interface Case {
  /** What the case shows; title of its test. */
  readonly name: string;
  /** Path in the repository. */
  readonly file: string;
  readonly batch: readonly GameDate[];
  readonly readStart: GameDate;
  /** By `dataset.table`; columns left out are NULL. */
  readonly inputs: Readonly<Record<string, readonly PlacedRow['values'][]>>;
  /** Columns that identify an expected row. */
  readonly keys: readonly string[];
  /** All rows; each is compared in the columns it names. */
  readonly expect: readonly PlacedRow[];
}

const rowsText = z.strictObject({ base: z.string().optional(), rows: z.string() });
const columnsText = z.strictObject({ base: z.string().optional(), columns: z.string() });
const date = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'needs a date such as 2024-01-10');
const keys = z.array(z.string()).min(1);

const caseSchema = z.strictObject({
  name: z.string().min(1),
  /** The arithmetic in words. */
  about: z.string().optional(),
  batch: z.array(date).min(1),
  readStart: date,
  given: z.record(z.string(), z.union([rowsText, columnsText])),
  expect: z.union([rowsText.extend({ keys }), columnsText.extend({ keys })]),
});

const ROOT = new URL('../../../', import.meta.url);

/** The cases in the folder of `table`, by file name. @throws Error naming file and line */
export function readCases(table: TableDefinition, definitions: Iterable<TableDefinition>): readonly Case[] {
  const folder = `functions/processors/${table.name}/cases/`;
  if (!existsSync(new URL(folder, ROOT))) return [];
  const inputs = [...definitions].filter(({ name }) => table.inputs.some((input) => input.table === name));
  return readdirSync(new URL(folder, ROOT))
    .toSorted()
    .map((name) => {
      const text = readFileSync(new URL(`${folder}${name}`, ROOT), 'utf8');
      return parseCase(text, `${folder}${name}`, table, inputs);
    });
}

/** One case out of the text of its file. `inputs` are the tables that `table` reads. @throws Error naming file and line */
export function parseCase(
  text: string,
  file: string,
  table: TableDefinition,
  inputs: readonly TableDefinition[],
): Case {
  const counter = new LineCounter();
  // Every scalar stays text: what it means is said by the type of its column.
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: counter });
  const [broken] = document.errors;
  if (broken !== undefined) fault({ file, line: counter.linePos(broken.pos[0]).line }, broken.message);
  const lineAt = (path: readonly PropertyKey[]) => lineOf(document, counter, path);

  const checked = caseSchema.safeParse(document.toJS());
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const path = issue?.path ?? [];
    fault({ file, line: lineAt(path) }, `${path.join('.') || 'the case'}: ${String(issue?.message)}`);
  }
  const { name, batch, readStart, given, expect } = checked.data;

  const tableText = (
    path: readonly string[],
    written: z.infer<typeof rowsText | typeof columnsText>,
  ): TableText => {
    const layout = 'rows' in written ? 'rows' : 'columns';
    const placed = (key: string): PlacedText => placedText(document, counter, file, [...path, key]);
    return { base: written.base === undefined ? undefined : placed('base'), layout, body: placed(layout) };
  };

  const rows = Object.entries(given).map(([qualified, written]) => {
    const input = inputs.find((candidate) => qualifiedName(candidate) === qualified);
    if (input === undefined)
      fault({ file, line: lineAt(['given', qualified]) }, `${table.name} does not read ${qualified}`);
    const placed = rowsOf(tableText(['given', qualified], written), input, 'refused');
    return [qualified, placed.map(({ values }) => values)] as const;
  });
  const expected = rowsOf(tableText(['expect'], expect), table, 'not compared');
  for (const { values } of expected) {
    const unnamed = expect.keys.find((key) => !(key in values));
    if (unnamed !== undefined)
      fault({ file, line: lineAt(['expect', 'keys']) }, `an expected row does not say its ${unnamed}`);
  }
  return {
    name,
    file,
    batch: batch.map(gameDate),
    readStart: gameDate(readStart),
    inputs: Object.fromEntries(rows),
    keys: expect.keys,
    expect: expected,
  };
}

/** The text at `path`, which stands on the line of its key or, as a `|` block, from the next line on. */
function placedText(
  document: Document.Parsed,
  counter: LineCounter,
  file: string,
  path: readonly string[],
): PlacedText {
  const node = document.getIn(path, true);
  const line = lineOf(document, counter, path);
  if (!isScalar(node) || node.type === 'BLOCK_FOLDED')
    fault({ file, line }, `${path.join('.')} needs a | block`);
  return { text: String(node.value), file, line: node.type === 'BLOCK_LITERAL' ? line + 1 : line };
}

/** The line of the innermost node that exists on `path`. */
function lineOf(document: Document.Parsed, counter: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
}
