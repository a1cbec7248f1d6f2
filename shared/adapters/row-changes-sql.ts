/**
 * The SQL that compares the published rows of some dates with the staged rows that are about to replace them, and the
 * conditions by which kept changes are read. Both engines get the same SQL but for the spelling of a few expressions.
 */
import { ROW_CHANGE_COLUMNS } from '../derive/row-changes.ts';
import type { GameDate } from '../domain/game-date.ts';
import { type Column, isComputed, sourceColumns, type TableDefinition } from '../domain/table.ts';
import type { ChangeCount, ChangeEvent, ChangesAsked, Row, RowChange } from '../ports/warehouse.ts';

/** How an engine writes what a comparison needs. */
export interface ChangeSpelling {
  readonly identifier: (name: string) => string;
  /** A literal of any text. */
  readonly string: (text: string) => string;
  readonly types: { readonly text: string; readonly whole: string; readonly timestamp: string };
  /** A TIMESTAMP as text in UTC to the millisecond, such as `2024-01-10T20:00:00.000Z`. */
  readonly timestampText: (expression: string) => string;
  /** The cells of each pair as a struct `cell`: `pairs` is a subquery, and each cell an expression for each field. */
  readonly unnested: (pairs: string, cells: readonly Readonly<Record<string, string>>[]) => string;
}

/** One comparison. All texts are SQL. */
export interface Comparison {
  readonly definition: TableDefinition;
  /** The name of the table. */
  readonly published: string;
  /** The name of the staged table. */
  readonly staged: string;
  /** DATE literals, separated by commas. */
  readonly dates: string;
  /** Values of the columns that are the same for every change of the publication. */
  readonly facts: {
    readonly changed_on: string;
    readonly changed_at: string;
    readonly run_id: string;
    readonly backfill_id: string;
  };
}

/**
 * The query that gives the rows of `row_changes` in the order of {@link ROW_CHANGE_COLUMNS}: one for each cell that differs, and
 * one for each row that is only on one side. Rows without a difference are left out before any text is made.
 */
export function changesSelect(
  { definition, published, staged, dates, facts }: Comparison,
  spelling: ChangeSpelling,
): string {
  const { identifier } = spelling;
  const part = identifier(definition.partitionColumn);
  const key = [definition.partitionColumn, ...keyWithoutDate(definition)];
  const compared = Object.entries(definition.columns).filter(([name]) => !key.includes(name));
  const own = [...Object.keys(definition.columns), ...sourceColumns(definition).map(([name]) => name)];
  const list = own.map(identifier).join(', ');
  const side = (table: string): string => `(SELECT ${list} FROM ${table} WHERE ${part} IN (${dates}))`;
  const [before, after] = [`before_rows.${part}`, `after_rows.${part}`];
  const differing = compared.map(([name]) => {
    const column = identifier(name);
    return `before_rows.${column} IS DISTINCT FROM after_rows.${column}`;
  });
  const either = (name: string): string =>
    `COALESCE(after_rows.${identifier(name)}, before_rows.${identifier(name)})`;
  const keyTexts = keyWithoutDate(definition).map((name) =>
    valueText(either(name), columnOf(definition, name), spelling),
  );
  const sides = compared.flatMap(([name]) => [
    `before_rows.${identifier(name)} AS ${identifier(`before_${name}`)}`,
    `after_rows.${identifier(name)} AS ${identifier(`after_${name}`)}`,
  ]);
  const learned = learnedOf({ definition, published, staged, dates }, spelling);
  const pairs = [
    `SELECT ${either(definition.partitionColumn)} AS data_date, ${keyTexts.length === 0 ? "''" : keyTexts.join(" || ' ' || ")} AS row_key,`,
    `  CASE WHEN ${before} IS NULL THEN 'added' WHEN ${after} IS NULL THEN 'removed' ELSE 'changed' END AS kind,`,
    `  ${learned.source} AS learned_source, ${learned.at} AS learned_at${sides.map((each) => `, ${each}`).join('')}`,
    `FROM ${side(published)} AS before_rows FULL JOIN ${side(staged)} AS after_rows`,
    `ON ${key.map((name) => `before_rows.${identifier(name)} = after_rows.${identifier(name)}`).join(' AND ')}`,
    ...learned.join,
    `WHERE ${[`${before} IS NULL`, `${after} IS NULL`, ...differing].join(' OR ')}`,
  ].join('\n');
  const nothing = `CAST(NULL AS ${spelling.types.text})`;
  const cells = [
    { column_name: nothing, old_value: nothing, new_value: nothing, differs: "kind <> 'changed'" },
    ...compared.map(([name, column]) => {
      const [old, now] = [identifier(`before_${name}`), identifier(`after_${name}`)];
      return {
        column_name: spelling.string(name),
        old_value: valueText(old, column, spelling),
        new_value: valueText(now, column, spelling),
        differs: `kind = 'changed' AND ${old} IS DISTINCT FROM ${now}`,
      };
    }),
  ];
  const values: Readonly<Record<keyof typeof ROW_CHANGE_COLUMNS, string>> = {
    ...facts,
    table_name: spelling.string(definition.name),
    data_date: 'data_date',
    row_key: 'row_key',
    kind: 'kind',
    source: 'learned_source',
    observed_at: 'learned_at',
    column_name: 'cell.column_name',
    old_value: 'cell.old_value',
    new_value: 'cell.new_value',
  };
  return [
    `SELECT ${CHANGE_COLUMNS.map((name) => `${values[name]} AS ${name}`).join(', ')}`,
    `FROM ${spelling.unnested(pairs, cells)}`,
    'WHERE cell.differs',
  ].join('\n');
}

/**
 * Who said what the rows say now, and when: NULL where no file or payload is new to the date, as when a name is matched with another
 * player, or when the rules of the table have changed. A row that was taken away was so by the newest file or payload that is new to
 * its date.
 */
function learnedOf(
  { definition, published, staged, dates }: Omit<Comparison, 'facts'>,
  { identifier, types }: ChangeSpelling,
): { readonly source: string; readonly at: string; readonly join: readonly string[] } {
  if (isComputed(definition))
    return { source: `CAST(NULL AS ${types.text})`, at: `CAST(NULL AS ${types.timestamp})`, join: [] };
  const part = identifier(definition.partitionColumn);
  const known = `SELECT entry_id FROM ${published} WHERE ${part} IN (${dates}) AND entry_id IS NOT NULL`;
  const learned = (own: string, ofDate: string): string =>
    `CASE WHEN after_rows.${part} IS NULL THEN news.${ofDate} WHEN after_rows.entry_id NOT IN (${known}) THEN after_rows.${own} END`;
  const news = `SELECT ${part} AS news_date, source AS news_source, observed_at AS news_at FROM ${staged} WHERE ${part} IN (${dates}) AND entry_id NOT IN (${known}) QUALIFY ROW_NUMBER() OVER (PARTITION BY ${part} ORDER BY observed_at DESC, entry_id) = 1`;
  return {
    source: learned('source', 'news_source'),
    at: learned('observed_at', 'news_at'),
    join: [
      `LEFT JOIN (${news}) AS news ON news.news_date = before_rows.${part} AND after_rows.${part} IS NULL`,
    ],
  };
}

/** The columns of `row_changes` in their order. */
export const CHANGE_COLUMNS = Object.keys(ROW_CHANGE_COLUMNS) as readonly (keyof typeof ROW_CHANGE_COLUMNS)[];

/** The key columns of a table without the date: they name a row within its partition. */
function keyWithoutDate({ key, partitionColumn }: TableDefinition): string[] {
  return key.filter((name) => name !== partitionColumn);
}

function columnOf({ columns, name: table }: TableDefinition, name: string): Column {
  const column = columns[name];
  if (column === undefined) throw new Error(`${table} has no column ${name}`);
  return column;
}

/** The SQL for the text of a stored value, which is the same on every engine: 2.5 with 2 decimals is `2.50`. */
function valueText(value: string, column: Column, { types, timestampText }: ChangeSpelling): string {
  switch (column.type) {
    case 'STRING':
      return value;
    case 'INT64':
    case 'BOOL':
    case 'DATE':
      return `CAST(${value} AS ${types.text})`;
    case 'TIMESTAMP':
      return timestampText(value);
    case 'FLOAT64': {
      const scale = `1e${column.decimals ?? 0}`;
      const scaled = `ROUND(ABS(${value}) * ${scale})`;
      const text = (number: string): string => `CAST(CAST(${number} AS ${types.whole}) AS ${types.text})`;
      const sign = `CASE WHEN ${value} < 0 THEN '-' ELSE '' END`;
      const whole = text(`FLOOR(${scaled} / ${scale})`);
      if ((column.decimals ?? 0) === 0) return `${sign} || ${whole}`;
      // A number between the scale and twice the scale: without its first digit, the decimals with their zeros.
      const decimals = `SUBSTR(${text(`${scaled} - FLOOR(${scaled} / ${scale}) * ${scale} + ${scale}`)}, 2)`;
      return `${sign} || ${whole} || '.' || ${decimals}`;
    }
    default:
      return column.type satisfies never;
  }
}

/** A question for kept changes: the conditions, and the values of their parameters. */
export interface ChangeFilter {
  /** `parameter` writes the name of a parameter, such as `@table`. */
  readonly where: string;
  readonly dates: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<string, string>>;
}

/** The conditions of a question. Every value is a parameter. */
export function changeFilter(asked: ChangesAsked, parameter: (name: string) => string): ChangeFilter {
  const { since, dates, table, backfillId } = asked;
  const conditions = [
    `changed_on >= ${parameter('since')}`,
    ...(dates === undefined
      ? []
      : [`data_date BETWEEN ${parameter('first_date')} AND ${parameter('last_date')}`]),
    ...(table === undefined ? [] : [`table_name = ${parameter('table_name')}`]),
    ...(backfillId === undefined ? [] : [`backfill_id = ${parameter('backfill_id')}`]),
  ];
  return {
    where: conditions.join(' AND '),
    dates: { since, ...(dates === undefined ? {} : { first_date: dates.first, last_date: dates.last }) },
    texts: {
      ...(table === undefined ? {} : { table_name: table }),
      ...(backfillId === undefined ? {} : { backfill_id: backfillId }),
    },
  };
}

/**
 * The changes that a question is about, the oldest first.
 * @param from the name of the table of changes
 * @param limit most rows to give
 */
export function changesQuery(
  from: string,
  { where }: ChangeFilter,
  limit: number,
  { types, timestampText }: Pick<ChangeSpelling, 'types' | 'timestampText'>,
): string {
  return [
    `SELECT table_name, CAST(data_date AS ${types.text}) AS date, row_key, kind, column_name, old_value, new_value,`,
    `  run_id, backfill_id, ${timestampText('changed_at')} AS published_at`,
    `FROM ${from} WHERE ${where}`,
    `ORDER BY changed_at, table_name, data_date, row_key, column_name LIMIT ${Math.trunc(limit)}`,
  ].join('\n');
}

/** How many rows were added, changed and removed, for each table and date. */
export function changeCountsQuery(
  from: string,
  { where }: ChangeFilter,
  { types }: Pick<ChangeSpelling, 'types'>,
): string {
  const rows = (kind: string): string =>
    `COUNT(DISTINCT CASE WHEN kind = '${kind}' THEN row_key END) AS ${kind}`;
  return [
    `SELECT table_name, CAST(data_date AS ${types.text}) AS date, ${['added', 'changed', 'removed'].map(rows).join(', ')}`,
    `FROM ${from} WHERE ${where}`,
    'GROUP BY table_name, data_date ORDER BY table_name, data_date',
  ].join('\n');
}

/** How many rows each run has added, changed and removed, by what the key begins with, the oldest first. */
export function changeEventsQuery(
  from: string,
  { where }: ChangeFilter,
  { types, timestampText }: Pick<ChangeSpelling, 'types' | 'timestampText'>,
): string {
  const subject = "SUBSTR(row_key, 1, STRPOS(row_key || ' ', ' ') - 1)";
  const rows = (kind: string): string =>
    `COUNT(DISTINCT CASE WHEN kind = '${kind}' THEN row_key END) AS ${kind}`;
  return [
    `SELECT table_name, CAST(data_date AS ${types.text}) AS date, run_id, ${subject} AS subject,`,
    `  ${timestampText('MIN(changed_at)')} AS published_at, MAX(${timestampText('observed_at')} || ' ' || source) AS learned,`,
    `  ${['added', 'changed', 'removed'].map(rows).join(', ')}`,
    `FROM ${from} WHERE ${where}`,
    `GROUP BY table_name, data_date, run_id, ${subject}`,
    'ORDER BY published_at, table_name, date, run_id, subject',
  ].join('\n');
}

/** An event from a row of {@link changeEventsQuery}. */
export function changeEventOf(row: Row): ChangeEvent {
  const learned = row['learned'] === null ? null : String(row['learned']);
  return {
    ...changeCountOf(row),
    subject: String(row['subject']),
    runId: String(row['run_id']),
    at: String(row['published_at']),
    source: learned?.slice(learned.indexOf(' ') + 1) ?? null,
    observedAt: learned?.slice(0, learned.indexOf(' ')) ?? null,
  };
}

/** A change from a row of {@link changesQuery}. */
export function changeOf(row: Row): RowChange {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    table: String(row['table_name']),
    date: String(row['date']) as GameDate,
    key: String(row['row_key']),
    kind: String(row['kind']) as RowChange['kind'],
    column: text('column_name'),
    old: text('old_value'),
    new: text('new_value'),
    runId: String(row['run_id']),
    backfillId: text('backfill_id'),
    at: String(row['published_at']),
  };
}

/** A count from a row of {@link changeCountsQuery}. */
export function changeCountOf(row: Row): ChangeCount {
  return {
    table: String(row['table_name']),
    date: String(row['date']) as GameDate,
    added: Number(row['added']),
    changed: Number(row['changed']),
    removed: Number(row['removed']),
  };
}
