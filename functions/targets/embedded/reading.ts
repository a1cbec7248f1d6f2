/** Reads a home that another process may have: that process is asked on the socket of the home. */
import { randomBytes } from 'node:crypto';
import { once as event } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ok, RequestError, type Result } from '../../../shared/domain/failure.ts';
import { gameDate, type GameDate } from '../../../shared/domain/game-date.ts';
import { qualifiedName } from '../../../shared/domain/table.ts';
import { ORIGIN_COLUMN } from '../../../shared/domain/seal.ts';
import { gatherRows, orderOf, type TableRows } from '../../../shared/domain/table-rows.ts';
import type { Answer, Cell, RowRange, RowsAsked } from '../../../shared/ports/warehouse.ts';
import type { ReadingWarehouse, Worker } from '../client.ts';
import { readingThen } from '../reading-then.ts';
import type { EmbeddedClient } from './client.ts';
import type { AnswerThen } from '../../steps/known-then.ts';
import { withAddress, type Asked } from './home-socket.ts';
import { heard, once, type Say } from './silence.ts';
import { documentOf, lineOf, linesOf, type Line } from './socket-lines.ts';

/** How long a process that has just taken the home may need until it answers, in milliseconds. */
const PATIENCE_MS = 10_000;

/** The process that had the home ended before it had answered. */
class HolderEnded extends Error {
  override readonly name = 'HolderEnded';
  readonly hasRows: boolean;
  /** @param hasRows whether the asker has read rows of the answer already */
  constructor(hasRows: boolean, options?: ErrorOptions) {
    super('The process that has the home has ended before its answer did; ask again', options);
    this.hasRows = hasRows;
  }
}

/**
 * Calls `here` with the right to work on the home, or `there` when the process that has it answers on its socket. When that process
 * ends before its answer, the home is looked for again, unless rows of the answer have been read already.
 * @throws RequestError that names the process when it has the home and does not answer
 */
export async function hereOrThere<T>(
  client: EmbeddedClient,
  what: string,
  here: (worker: Worker) => Promise<T>,
  there: (home: string, say: Say) => Promise<T>,
): Promise<T> {
  const { home } = client.config;
  const say = once(client.say);
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    if (await answers(home, say)) {
      try {
        return await there(home, say);
      } catch (error) {
        if (!(error instanceof HolderEnded) || error.hasRows) throw error;
      }
    }
    const worker = await client.openWorker(what);
    if (worker !== undefined) {
      try {
        return await here(worker);
      } finally {
        await worker.close();
      }
    }
    if (Date.now() > until) throw (await import('./worker.ts')).inUse(home);
  }
}

/** Calls `look` with the warehouse of a home, wherever it is open. */
export function readHome<T>(
  client: EmbeddedClient,
  what: string,
  look: (warehouse: ReadingWarehouse) => Promise<T>,
): Promise<T> {
  return hereOrThere(
    client,
    what,
    (worker) => look(readingThen(client, worker.context.ports.warehouse)),
    (home, say) => look(distantWarehouse(home, say)),
  );
}

/** Asks the process that has the home for a snapshot. */
export async function distantSnapshot(home: string, folder: string, say: Say): Promise<void> {
  const ticket = `snapshot-${randomBytes(16).toString('hex')}.ticket`;
  writeFileSync(join(home, ticket), folder, { mode: 0o600 });
  try {
    await valueOf(home, { op: 'snapshot', ticket }, say);
  } finally {
    rmSync(join(home, ticket), { force: true });
  }
}

/** The warehouse of a home that another process has open. */
export function distantWarehouse(home: string, say: Say = () => undefined): ReadingWarehouse {
  return {
    ask: (sql) => distantAnswer(home, { op: 'ask', sql }, say),
    read: (asked) => distantRows(home, asked, say),
    rowCounts: async (ranges) => {
      const counted: ReadonlyMap<GameDate, number>[] = [];
      for (const range of ranges) counted.push(await distantCounts(home, range, say));
      return ok(counted);
    },
    askThen: async (asked, sql, portable) => {
      const dates = [...asked.dates];
      return distantAnswer(home, { op: 'askThen', at: asked.at, dates, sql, portable }, say);
    },
    published: async ({ definition }, dates) =>
      (await valueOf(home, { op: 'published', table: definition.name, dates: [...dates] }, say)) as Awaited<
        ReturnType<ReadingWarehouse['published']>
      >,
    notPortable: async (sql) => (await valueOf(home, { op: 'notPortable', sql }, say)) as readonly string[],
    changes: async (asked, limit) =>
      (await valueOf(home, { op: 'changes', asked, limit }, say)) as Awaited<
        ReturnType<ReadingWarehouse['changes']>
      >,
    changeCounts: async (asked) =>
      (await valueOf(home, { op: 'changeCounts', asked }, say)) as Awaited<
        ReturnType<ReadingWarehouse['changeCounts']>
      >,
    changeEvents: async (asked) =>
      (await valueOf(home, { op: 'changeEvents', asked }, say)) as Awaited<
        ReturnType<ReadingWarehouse['changeEvents']>
      >,
  };
}

/** The rows of a table between two dates, asked as a query whose names are those of declared tables and columns. */
async function distantRows(
  home: string,
  { table: { definition }, columns, first, last, onlyLive = false }: RowsAsked,
  say: Say,
): Promise<Result<TableRows>> {
  const gathered = gatherRows(definition, columns);
  const sql = `SELECT ${columns.join(', ')} FROM ${qualifiedName(definition)} WHERE ${definition.partitionColumn} BETWEEN DATE '${first}' AND DATE '${last}' ${onlyLive ? `AND ${ORIGIN_COLUMN} = 'live'` : ''} ORDER BY ${orderOf(definition).join(', ')}`;
  const { chunks } = await distantAnswer(home, { op: 'ask', sql }, say);
  for await (const rows of chunks) for (const cells of rows) gathered.take(cells);
  return ok(gathered.rows());
}

/** How many rows a table has on each date between two, asked likewise. */
async function distantCounts(
  home: string,
  { table: { definition }, first, last }: RowRange,
  say: Say,
): Promise<ReadonlyMap<GameDate, number>> {
  const { partitionColumn } = definition;
  const sql = `SELECT CAST(${partitionColumn} AS STRING) AS date, COUNT(*) AS n FROM ${qualifiedName(definition)} WHERE ${partitionColumn} BETWEEN DATE '${first}' AND DATE '${last}' GROUP BY ${partitionColumn}`;
  const { chunks } = await distantAnswer(home, { op: 'ask', sql }, say);
  const counts = new Map<GameDate, number>();
  for await (const rows of chunks)
    for (const [date, n] of rows) counts.set(gameDate(String(date)), Number(n));
  return counts;
}

async function distantAnswer(home: string, asked: Asked, say: Say): Promise<AnswerThen> {
  const { lines, end } = await answerOf(home, asked, say);
  const first = (await lines.next()).value;
  if (first === undefined || !('head' in first)) {
    end();
    throw refusalIn(first);
  }
  return {
    absent: [],
    close: () => Promise.resolve(end()),
    ...(first.head as Pick<Answer, 'columns' | 'unchecked'> & Partial<Pick<AnswerThen, 'absent'>>),
    chunks: rowsIn(lines, end),
  };
}

async function* rowsIn(lines: AsyncGenerator<Line>, end: () => void): AsyncGenerator<Cell[][]> {
  let hasRows = false;
  try {
    for await (const line of lines) {
      if ('end' in line) return;
      if (!('rows' in line)) throw refusalIn(line);
      hasRows = true;
      yield line.rows as Cell[][];
    }
    throw refusalIn(undefined);
  } catch (error) {
    throw error instanceof HolderEnded && hasRows ? new HolderEnded(true, { cause: error }) : error;
  } finally {
    end();
  }
}

/** The single value of an answer. @throws RequestError when it is refused */
export async function valueOf(home: string, asked: Asked, say: Say = () => undefined): Promise<unknown> {
  const { lines, end } = await answerOf(home, asked, say);
  try {
    const line = (await lines.next()).value;
    if (line === undefined || !('value' in line)) throw refusalIn(line);
    return line.value;
  } finally {
    end();
  }
}

/** The error that a line tells of; of an answer that ends too early, that the other process has ended. */
function refusalIn(line: Line | undefined): Error {
  if (line === undefined || !('error' in line)) return new HolderEnded(false);
  return line.isRefusal ? new RequestError(line.error) : new Error(line.error);
}

async function answerOf(
  home: string,
  asked: Asked,
  say: Say,
): Promise<{ readonly lines: AsyncGenerator<Line>; readonly end: () => void }> {
  const socket = await connected(home);
  if (socket === undefined) throw refusalIn(undefined);
  socket.write(lineOf(asked));
  // A process that works may say nothing of an answer for long. It says at once that it is there.
  const isThere = (): Promise<boolean> => (asked.op === 'hello' ? Promise.resolve(false) : answers(home));
  return { lines: documentsIn(heard(socket, home, say, isThere)), end: () => socket.destroy() };
}

async function* documentsIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  try {
    for await (const line of linesOf(bytes)) yield documentOf(line) as Line;
  } catch (error) {
    throw isGone(error) ? new HolderEnded(false, { cause: error }) : error;
  }
}

/** Whether the other end of the socket has gone away. */
function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** Whether a process answers on the socket of a home. */
export async function answers(home: string, say: Say = () => undefined): Promise<boolean> {
  try {
    return typeof (await valueOf(home, { op: 'hello' }, say)) === 'number';
  } catch {
    return false;
  }
}

/** Undefined when nobody listens. */
async function connected(home: string): Promise<Socket | undefined> {
  return withAddress(home, async (path) => {
    const socket = createConnection(path);
    try {
      await event(socket, 'connect');
      socket.on('error', () => undefined);
      return socket;
    } catch {
      socket.destroy();
      return undefined;
    }
  });
}
