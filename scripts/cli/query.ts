/** `query`: the rows of a query in BigQuery's SQL, as a table, CSV, JSON or Parquet. */
import { queryAnswer } from '../../functions/control/query.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Answer, AnswerColumn, Cell } from '../../shared/ports/warehouse.ts';
import { EXIT, tell, type GlobalOptions } from './command.ts';
import { csvText } from './csv-text.ts';
import { rowsText } from './rows-text.ts';
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
  return client.readWarehouse('query', async (warehouse) => {
    const answer = await queryAnswer(warehouse, sql, flags.portable === true);
    if (answer.unchecked.length > 0)
      tell(
        `${answer.unchecked.join(', ')}: functions of the engine here, not checked against BigQuery (docs/query.md)`,
      );
    await print(answer, format, limit, outputTo(process.stdout));
    return EXIT.done;
  });
}

function formatOf(asked: string | undefined, { json }: GlobalOptions): Format {
  const found = QUERY_FORMATS.find((format) => format === (asked ?? (json === true ? 'json' : 'table')));
  if (found === undefined)
    throw new RequestError(`--format is ${asked}; it can be ${QUERY_FORMATS.join(', ')}`);
  if (json === true && found !== 'json')
    throw new RequestError(`--json and --format ${found} exclude each other`);
  return found;
}

/** Most rows to print; undefined for all. */
function limitOf(asked: string | undefined, format: Format): number | undefined {
  if (asked === undefined) return format === 'table' ? TABLE_ROWS : undefined;
  if (!/^\d+$/.test(asked)) throw new RequestError(`--limit is ${asked}; it is a number of rows, 0 for all`);
  return Number(asked) === 0 ? undefined : Number(asked);
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
  return output.write(`${rowsText(columns, rows, width)}\n\n${end}\n`);
}

/** A row as JSON. Of two columns with one name the later one counts, as in every JSON document. */
function objectOf(columns: readonly AnswerColumn[], row: readonly Cell[]): string {
  return JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));
}
