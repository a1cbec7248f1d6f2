/** `tables`: the data dictionary. It needs no home. */
import { loadRegistry } from '../../functions/processors/registry.ts';
import {
  dictionaryOf,
  nameInQueries,
  readersOf,
  type DictionaryColumn,
  type DictionaryTable,
} from '../../shared/derive/dictionary.ts';
import { meaningOf, typeText } from '../../shared/derive/dictionary-pages.ts';
import { counted } from '../../shared/domain/counted.ts';
import { noSuchTable } from '../../shared/domain/table-named.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { table, terminalWidth, wrappedTo } from './text-table.ts';

/** @param asked a table by its name or its name in queries; undefined for all */
export function tablesCommand(asked: string | undefined, options: GlobalOptions): number {
  const all = dictionaryOf(loadRegistry());
  const tables = asked === undefined ? all : [tableIn(all, asked)];
  answer(options, { tables }, () =>
    asked === undefined ? listText(all) : tables.map((each) => tableText(each, all)).join('\n'),
  );
  return EXIT.done;
}

/** @throws RequestError with the nearest name when there is no such table */
function tableIn(all: readonly DictionaryTable[], asked: string): DictionaryTable {
  const name = asked.trim().replaceAll('`', '');
  const found = all.find((each) => each.name === name || nameInQueries(each) === name);
  if (found === undefined)
    throw noSuchTable(
      asked,
      all.map((each) => each.name),
    );
  return found;
}

function listText(all: readonly DictionaryTable[]): string {
  return [
    table(
      ['table', 'phase', 'columns', 'a row is'],
      all.map((each) => [
        nameInQueries(each),
        each.phase.replace('phase', ''),
        each.columns.length,
        each.description,
      ]),
    ),
    '',
    'The columns of one: fullcourt tables NAME. Pages: docs/tables/README.md',
  ].join('\n');
}

function tableText(one: DictionaryTable, all: readonly DictionaryTable[]): string {
  const readers = readersOf(one, all);
  const width = Math.min(terminalWidth(), 120);
  const paragraphs = [
    `${nameInQueries(one)}: ${one.description}`,
    one.partitionColumn === null
      ? ''
      : `Key ${one.key.join(', ') || 'none'}; partitioned by ${one.partitionColumn}; ${counted(one.columns.length, 'column')}.`,
    readers.length === 0 ? '' : `Read by ${readers.map(({ name }) => name).join(', ')}.`,
  ].filter((text) => text !== '');
  return [
    ...paragraphs.flatMap((text) => wrappedTo(text, width)),
    '',
    ...(one.inputs.length === 0
      ? []
      : [
          table(
            ['reads', 'window', ''],
            one.inputs.map((input) => [input.table, input.window, input.required ? 'required' : 'optional']),
          ),
          '',
        ]),
    columnsText(one),
  ].join('\n');
}

/** Columns of the terminal from which on each part of a column of the table has its own place. */
const WIDE = 160;

function columnsText({ columns }: DictionaryTable): string {
  const width = terminalWidth();
  if (width >= WIDE)
    return table(
      ['column', 'type', 'unit', 'NULL', 'meaning'],
      columns.map((column) => [
        column.name,
        typeText(column),
        column.unit,
        column.nullWhen ?? '',
        meaningOf(column),
      ]),
    );
  return table(
    ['column', 'type and unit; meaning'],
    columns.map((column) => [column.name, inOneText(column)]),
  );
}

/** `FLOAT64, 1 decimal, minutes; His known minutes, D-7 to D-1; NULL likewise.` */
function inOneText(column: DictionaryColumn): string {
  const type = [typeText(column), column.unit].filter((part) => part !== '').join(', ');
  const isSaid = column.nullWhen === null || column.description.includes('NULL');
  return `${type}; ${meaningOf(column)}${isSaid ? '' : ` NULL ${column.nullWhen ?? ''}.`}`;
}
