/** The pages of the data dictionary: an index, and a page for each table. Pure. */
import { PHASES, RAW_PHASE } from '../domain/table.ts';
import { nameInQueries, readersOf, type DictionaryColumn, type DictionaryTable } from './dictionary.ts';

const TITLES = {
  phase2: 'Phase 2: raw',
  phase3: 'Phase 3: analytics',
  phase4: 'Phase 4: precompute',
  phase5: 'Phase 5: predictions',
  reference: 'Reference',
} as const;

/** The pages as Markdown, by file name: `README.md`, and `NAME.md` for each table. */
export function dictionaryPages(tables: readonly DictionaryTable[]): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', indexPage(tables)],
    ...tables.map((table): [string, string] => [`${table.name}.md`, tablePage(table, tables)]),
  ]);
}

function indexPage(tables: readonly DictionaryTable[]): string {
  const lines = [
    '# Tables',
    '',
    'Every table that a query can name. `npx fullcourt tables` prints this list, `npx fullcourt tables NAME` the page of one',
    'table, both with `--json` for scripts. [Lineage](../lineage.md) draws who reads whom; [ask in SQL](../query.md) shows how to query.',
    '`npm run generate` writes these pages from the definitions in `functions/processors`.',
  ];
  for (const phase of [...PHASES, 'reference'] as const) {
    const own = tables.filter((table) => table.phase === phase);
    if (own.length === 0) continue;
    lines.push('', `## ${TITLES[phase]}`, '', '| table | columns | a row is |', '| --- | --- | --- |');
    for (const table of own)
      lines.push(
        `| [${nameInQueries(table)}](${table.name}.md) | ${table.columns.length} | ${cell(table.description)} |`,
      );
  }
  return `${lines.join('\n')}\n`;
}

function tablePage(table: DictionaryTable, all: readonly DictionaryTable[]): string {
  const readers = readersOf(table, all);
  const lines = [
    `# ${nameInQueries(table)}`,
    '',
    table.description,
    '',
    ...factsOf(table),
    ...(table.phase === 'reference' ? [] : ['', '## Inputs', '', ...inputsOf(table)]),
  ];
  const linked = (names: readonly string[]): string =>
    names.map((name) => `[${name}](${name}.md)`).join(' and ');
  if (table.moreGamesFrom.length > 0)
    lines.push('', `It also has a row for each game that only ${linked(table.moreGamesFrom)} know.`);
  if (table.witnesses.length > 0)
    lines.push(
      '',
      `Its rows are compared with ${linked(table.witnesses)}, which changes no row but says what is doubtful.`,
    );
  if (readers.length > 0)
    lines.push('', `Read by ${readers.map(({ name }) => `[${name}](${name}.md)`).join(', ')}.`);
  lines.push(
    '',
    '## Columns',
    '',
    ...nullNote(table),
    '',
    '| column | type | unit | NULL | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...table.columns.filter(({ framework }) => !framework).map(columnLine),
  );
  const framework = table.columns.filter((column) => column.framework);
  if (framework.length > 0)
    lines.push(
      '',
      'The framework adds these. They say how a row came to be; they are no part of its content and change no fingerprint.',
      '',
      '| column | type | unit | NULL | meaning |',
      '| --- | --- | --- | --- | --- |',
      ...framework.map(columnLine),
    );
  return `${lines.join('\n')}\n`;
}

function factsOf(table: DictionaryTable): string[] {
  if (table.phase === 'reference')
    return [
      table.partitionColumn === null
        ? 'A view: it has no rows of its own.'
        : `Partitioned by \`${table.partitionColumn}\`. Written along with the runs; nothing reads it to decide.`,
    ];
  const when =
    table.timing === 'pre_game'
      ? 'Can be computed before the games of its date are played.'
      : 'Needs the final results of its date.';
  return [
    `Key \`${table.key.join(', ')}\`; partitioned by \`${table.partitionColumn ?? ''}\`. ${when}${
      table.rules === null ? '' : ` Rules \`${table.rules.family}\` in revision ${table.rules.revision}.`
    }`,
  ];
}

function inputsOf(table: DictionaryTable): string[] {
  if (table.inputs.length === 0) return ['Reads no other table: its rows come from archived source files.'];
  return [
    '| reads | window | |',
    '| --- | --- | --- |',
    ...table.inputs.map(
      ({ table: name, window, required }) =>
        `| [${name}](${name}.md) | ${window} | ${required ? 'required' : 'optional'} |`,
    ),
  ];
}

function nullNote(table: DictionaryTable): string[] {
  if (table.phase === 'reference') return ['A column without an entry under NULL always has a value.'];
  return [
    table.phase === RAW_PHASE
      ? 'A column without an entry under NULL always has a value. The others are NULL as the entry says, and when the source does not have the value.'
      : 'A column without an entry under NULL always has a value. The others are NULL as the entry says, and when a value that they are computed from is unknown.',
  ];
}

function columnLine(column: DictionaryColumn): string {
  return `| \`${column.name}\` | ${typeText(column)} | ${column.unit} | ${cell(column.nullWhen ?? '')} | ${cell(meaningOf(column))} |`;
}

/** `FLOAT64, 2 decimals, 0 to 100`. */
export function typeText({ type, decimals, min, max }: DictionaryColumn): string {
  const range =
    min !== null && max !== null
      ? `${min} to ${max}`
      : min !== null
        ? `from ${min}`
        : max !== null
          ? `at most ${max}`
          : '';
  return [type, decimals === null ? '' : `${decimals} ${decimals === 1 ? 'decimal' : 'decimals'}`, range]
    .filter((part) => part !== '')
    .join(', ');
}

/** More values than this are not listed: the thirty teams, for example. */
const LISTED = 8;

/** What a column means, with the values it can have where they are few. */
export function meaningOf({ description, values }: DictionaryColumn): string {
  return values.length === 0 || values.length > LISTED
    ? description
    : `${description} Values: ${values.join(', ')}.`;
}

/** Text inside a cell of a Markdown table. */
function cell(text: string): string {
  return text.replaceAll(/[\\|*<>[\]]/g, '\\$&');
}
