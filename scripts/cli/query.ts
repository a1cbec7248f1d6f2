/** `query`: the rows of a query in BigQuery's SQL, as a table, CSV, JSON or Parquet. */
import { queryAnswer } from '../../functions/control/query.ts';
import type { Client } from '../../functions/targets/client.ts';
import type { AnswerThen, AskedThen } from '../../functions/steps/known-then.ts';
import { listText } from '../../functions/control/list-text.ts';
import { NO_GAMES } from '../../shared/domain/calendar.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { datesBetween, type GameDate } from '../../shared/domain/game-date.ts';
import type { Answer, AnswerColumn, Cell } from '../../shared/ports/warehouse.ts';
import { EXIT, tell, type GlobalOptions } from './command.ts';
import { csvText } from './csv-text.ts';
import { dateOption, instantOption, rangeOptions } from './dates.ts';
import { rowsText } from './rows-text.ts';
import { shownLines } from './shown.ts';
import { chosenOption, numberOption } from './options.ts';
import { outputTo, type Output } from './output.ts';
import { QUERY_FORMATS, type QueryFlags } from './query-formats.ts';

type Format = (typeof QUERY_FORMATS)[number];

/** Rows that a table has when no limit is given. */
const TABLE_ROWS = 100;

export async function queryCommand(
  client: Client,
  sql: string,
  flags: QueryFlags,
  options: GlobalOptions,
): Promise<number> {
  const format = formatOf(flags.format, options);
  const limit = limitOf(flags.limit, format);
  if (format === 'parquet' && process.stdout.isTTY)
    throw new RequestError('Parquet is no text: write it to a file, such as --format parquet > rows.parquet');
  const then = askedThen(flags, client.clock());
  return client.readWarehouse('query', async (warehouse) => {
    if (then === undefined) {
      await printAnswer(await queryAnswer(warehouse, sql, flags.portable === true), format, limit);
      return EXIT.done;
    }
    const answer = await warehouse.askThen(then, sql, flags.portable === true);
    try {
      for (const line of absentLines(answer.absent, flags.dates === undefined)) tell(line);
      await printAnswer(answer, format, limit);
    } finally {
      await answer.close();
    }
    return EXIT.done;
  });
}

async function printAnswer(answer: Answer, format: Format, limit: number | undefined): Promise<void> {
  if (answer.unchecked.length > 0)
    tell(
      `${answer.unchecked.join(', ')}: ${answer.unchecked.length === 1 ? 'a function' : 'functions'} of the engine here, not checked against BigQuery (docs/query.md)`,
    );
  await print(answer, format, limit, outputTo(process.stdout));
}

/**
 * The time and the dates that are read as they were known; undefined when the tables are read as they are now.
 * @throws RequestError when one of the two is missing, or the time lies in the future
 */
function askedThen(flags: QueryFlags, now: Date): AskedThen | undefined {
  const { asKnownAt, dates, start, end } = flags;
  const range = start ?? end;
  if (asKnownAt === undefined) {
    const flag = dates === undefined ? (start === undefined ? '--end' : '--start') : '--dates';
    if ((dates ?? range) !== undefined)
      throw new RequestError(
        `${flag} has no effect without --as-known-at: write the dates into the query, such as WHERE game_date = '2024-01-26'`,
        { flag },
      );
    return undefined;
  }
  const at = instantOption('--as-known-at', asKnownAt);
  if (at > now)
    throw new RequestError(
      `--as-known-at ${asKnownAt} lies in the future: nobody knows what will be known then`,
      {
        flag: '--as-known-at',
      },
    );
  if ((dates === undefined) === (range === undefined))
    throw new RequestError(
      `--as-known-at needs the game dates that are read, with exactly one of: --dates, --start and --end${dates === undefined ? '' : '; there are both'}`,
    );
  return { at: at.toISOString(), dates: dates === undefined ? daysOf(flags) : listed(dates) };
}

function daysOf(flags: QueryFlags): GameDate[] {
  const { start, end } = rangeOptions(flags);
  return datesBetween(start, end);
}

function listed(text: string): GameDate[] {
  const dates = text.split(',').map((date) => dateOption('--dates', date.trim()));
  return [...new Set(dates)].sort();
}

/**
 * What was not there of what was asked for, a line for each table and reason.
 * @param passOver whether dates without games are passed over, because a range has them too
 */
function absentLines(absent: AnswerThen['absent'], passOver: boolean): string[] {
  const told = passOver ? absent.filter(({ why }) => why !== NO_GAMES) : absent;
  return [...Map.groupBy(told, ({ table, why }) => `${table} ${why}`).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return [
      `${first.table} was not there on ${listText(
        same.map(({ date }) => date),
        3,
      )}: ${first.why}`,
    ];
  });
}

function formatOf(asked: string | undefined, { json }: GlobalOptions): Format {
  const found = chosenOption('--format', asked, QUERY_FORMATS) ?? (json === true ? 'json' : 'table');
  if (json === true && found !== 'json')
    throw new RequestError(`--json and --format ${found} exclude each other`);
  return found;
}

/** Most rows to print; undefined for all. */
function limitOf(asked: string | undefined, format: Format): number | undefined {
  if (asked === undefined) return format === 'table' ? TABLE_ROWS : undefined;
  const most = numberOption('--limit', asked, { least: 0, zero: 'all' });
  return most === 0 ? undefined : most;
}

async function print(
  answer: Answer,
  format: Format,
  limit: number | undefined,
  output: Output,
): Promise<void> {
  const { columns } = answer;
  switch (format) {
    case 'table':
      return printTable(answer, limit, output);
    case 'csv':
      await output.write(`${csvText([columns.map(({ name }) => name)])}\n`);
      return eachChunk(answer, limit, output, (rows) => `${csvText(rows)}\n`);
    case 'ndjson':
      return eachChunk(answer, limit, output, (rows) =>
        rows.map((row) => `${objectOf(columns, row)}\n`).join(''),
      );
    case 'json': {
      let separator = '';
      await output.write('{"rows":[');
      await eachChunk(answer, limit, output, (rows) => {
        const text = `${separator}${rows.map((row) => objectOf(columns, row)).join(',')}`;
        separator = ',';
        return text;
      });
      return output.write(']}\n');
    }
    case 'parquet': {
      const { parquetOf } = await import('../../functions/targets/parquet.ts');
      return output.write(await parquetOf(columns, limited(answer.chunks, limit)));
    }
    default:
      return format satisfies never;
  }
}

/** The rows of an answer, at most `limit`. */
async function* limited(chunks: Answer['chunks'], limit = Infinity): AsyncGenerator<Cell[][]> {
  let left = limit;
  for await (const rows of chunks) {
    yield rows.slice(0, left);
    left -= rows.length;
    if (left <= 0) return;
  }
}

async function eachChunk(
  { chunks }: Answer,
  limit: number | undefined,
  output: Output,
  textOf: (rows: Cell[][]) => string,
): Promise<void> {
  for await (const rows of limited(chunks, limit)) {
    if (rows.length > 0) await output.write(textOf(rows));
    if (output.isClosed()) return;
  }
}

async function printTable(
  { columns, chunks }: Answer,
  limit: number | undefined,
  output: Output,
): Promise<void> {
  const rows: Cell[][] = [];
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    for (const row of chunk) if (limit === undefined || rows.length < limit) rows.push(row);
  }
  if (total === 0) return output.write('No rows\n');
  const more = total - rows.length;
  const count = counted(rows.length, 'row');
  const end = more === 0 ? count : `${count}, ${grouped(more)} more: --limit 0, --format csv`;
  const width = process.stdout.isTTY ? process.stdout.columns : Infinity;
  return output.write(`${shownLines(rowsText(columns, rows, width))}\n\n${end}\n`);
}

/** A row as JSON. Of two columns with one name the later one counts, as in every JSON document. */
function objectOf(columns: readonly AnswerColumn[], row: readonly Cell[]): string {
  return JSON.stringify(
    Object.fromEntries(
      columns.map(({ name, type }, i) => {
        const cell = row[i] ?? null;
        return [name, type === 'ARRAY' && typeof cell === 'string' ? (JSON.parse(cell) as unknown) : cell];
      }),
    ),
  );
}
