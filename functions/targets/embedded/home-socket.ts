/**
 * The socket of a home. The process that has the warehouse open answers on it what others ask: queries, what has changed, and a
 * snapshot. Nothing that is asked there changes a row or a document.
 */
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { RequestError } from '../../../shared/domain/failure.ts';
import { parseGameDate, type GameDate } from '../../../shared/domain/game-date.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import type { ChangesAsked } from '../../../shared/ports/warehouse.ts';
import type { Client, ReadingWarehouse } from '../client.ts';
import { documentOf, lineOf, linesOf, type Line } from './socket-lines.ts';

/** Bytes of the longest path of a socket that every system takes. */
const MAX_PATH = 100;
/** Most bytes of a question. */
const MAX_ASKED = 1_000_000;
/** Milliseconds in which a reader must have asked. */
const ASK_MS = 10_000;
/** Milliseconds that a reader may leave an answer unread while the process that answers wants to end. */
const UNREAD_MS = 5000;

/**
 * A file in the home that names the folder of a snapshot. The folder is written with the rights of the owner, so only who may
 * write the home may name one: a group that may read it cannot.
 */
const TICKET = /^snapshot-[0-9a-f]{32}\.ticket$/;

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const gameDates = z.custom<GameDate>(
  (value) => typeof value === 'string' && parseGameDate(value) !== undefined,
);
const changesAsked = z.strictObject({
  since: date,
  dates: z.strictObject({ first: date, last: date }).optional(),
  table: z.string().optional(),
  backfillId: z.string().optional(),
});
const where = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const limit = z.int().min(0);
const asked = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('hello') }),
  z.strictObject({ op: z.literal('ask'), sql: z.string() }),
  z.strictObject({
    op: z.literal('askThen'),
    at: z.iso.datetime(),
    dates: z.array(gameDates).max(10_000),
    sql: z.string(),
    portable: z.boolean(),
  }),
  z.strictObject({ op: z.literal('notPortable'), sql: z.string() }),
  z.strictObject({ op: z.literal('published'), table: z.string(), dates: z.array(gameDates).max(10_000) }),
  z.strictObject({ op: z.literal('changes'), asked: changesAsked, limit: z.int().min(1) }),
  z.strictObject({ op: z.literal('changeCounts'), asked: changesAsked }),
  z.strictObject({ op: z.literal('changeEvents'), asked: changesAsked }),
  z.strictObject({ op: z.literal('snapshot'), ticket: z.string().regex(TICKET) }),
  z.strictObject({ op: z.literal('documents'), paths: z.array(z.string()).max(10_000) }),
  z.strictObject({
    op: z.literal('list'),
    collection: z.string(),
    where: where.optional(),
    limit: limit.optional(),
  }),
  z.strictObject({ op: z.literal('count'), collection: z.string(), where: where.optional() }),
]);

/** What another process asks the one that has the home. */
export type Asked = z.input<typeof asked>;

const socketOf = (home: string): string => join(home, 'home.sock');

/**
 * Calls `use` with a path of the socket of a home that is short enough for an address. The socket of a home with a long path is
 * reached through a link to the home, in a folder that nobody else may enter and that is there for the time of the call.
 */
export async function withAddress<T>(home: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = socketOf(home);
  if (Buffer.byteLength(path) <= MAX_PATH) return use(path);
  const folder = mkdtempSync(join(tmpdir().length > MAX_PATH / 2 ? '/tmp' : tmpdir(), 'fullcourt-home-'));
  try {
    const link = join(folder, 'home');
    symlinkSync(resolve(home), link);
    return await use(socketOf(link));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What others read of the documents. */
export type ReadingStore = Pick<StateStore, 'getAll' | 'list' | 'count'>;

/** What the process that has the home does for others. */
export interface Served {
  readonly warehouse: ReadingWarehouse;
  readonly store: ReadingStore;
  /** Copies the home to a folder while no run is handled. @throws RequestError when the folder cannot be used */
  readonly snapshot: (folder: string) => Promise<void>;
}

/** A socket that answers. */
export interface HomeSocket {
  /**
   * Takes no more questions and waits for the answers that are under way. A reader that has not asked yet is sent away; so is one
   * that does not read its answer.
   */
  readonly close: () => Promise<void>;
}

/**
 * Answers on the socket of a home until it is closed. The caller has the lock of the home, so a socket that is there was left
 * by a process that has ended.
 */
export async function openSocket(
  { config, registry }: Pick<Client, 'config' | 'registry'>,
  served: Served,
): Promise<HomeSocket> {
  const path = socketOf(config.home);
  rmSync(path, { force: true });
  const readers = new Set<Reader>();
  const underWay = new Set<Promise<void>>();
  const server = createServer((socket) => {
    const reader = makeReader(socket);
    readers.add(reader);
    socket.once('close', () => readers.delete(reader));
    const work = answerOn(reader, { ...served, home: config.home, registry }).finally(() =>
      underWay.delete(work),
    );
    underWay.add(work);
  });
  try {
    await withAddress(config.home, async (address) => {
      server.listen(address);
      await once(server, 'listening');
    });
    letIn(config.home, path);
  } catch {
    // Some file systems have no sockets. The home works without; others are told that it is in use.
    server.close();
    return { close: () => Promise.resolve() };
  }
  // A command that has done its work ends, whether or not others might still ask.
  server.unref();
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const reader of readers) reader.hurry();
      await Promise.allSettled(underWay);
      for (const reader of readers) reader.end();
      await closed;
      rmSync(path, { force: true });
    },
  };
}

/** @throws RequestError without the ticket */
function folderIn(ticket: string): string {
  try {
    return readFileSync(ticket, 'utf8');
  } catch (error) {
    throw new RequestError('Only the owner of a home may copy it', { cause: error });
  }
}

/** Lets in whoever may read the home: its owner, and a group where the rights of the folder say so. */
function letIn(home: string, path: string): void {
  const { mode, gid } = statSync(home);
  const isForGroup = (mode & 0o050) === 0o050;
  if (isForGroup) chownSync(path, -1, gid);
  chmodSync(path, isForGroup ? 0o660 : 0o600);
}

/** One that has connected to the socket. */
interface Reader {
  /** @throws RequestError for what is no question, or a longer one than anybody asks */
  readonly asks: () => Promise<z.infer<typeof asked>>;
  /** Writes a line of the answer, no faster than it is read. @throws Error when the reader has gone away */
  readonly write: (line: Line) => Promise<void>;
  /** Ends the answer, and waits until it is written. */
  readonly finish: () => Promise<void>;
  /** From here on the reader is sent away when it does not ask or does not read. */
  readonly hurry: () => void;
  readonly end: () => void;
}

function makeReader(socket: Socket): Reader {
  let doing: 'asking' | 'waiting for its answer' | 'reading' = 'asking';
  let isHurried = false;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => void socket.destroy();
  const endAfter = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(end, ms);
    timer.unref();
  };
  const waitFor = async (event: 'drain' | 'finish'): Promise<void> => {
    if (socket.destroyed) return;
    doing = 'reading';
    if (isHurried) endAfter(UNREAD_MS);
    const until = new AbortController();
    const what = { signal: until.signal };
    await Promise.race([once(socket, event, what), once(socket, 'close', what)]).finally(() => {
      until.abort();
      clearTimeout(timer);
      doing = 'waiting for its answer';
    });
  };
  socket.on('error', () => undefined);
  socket.once('close', () => clearTimeout(timer));
  endAfter(ASK_MS);
  return {
    asks: async () => {
      const parsed = asked.safeParse(documentOf(await firstLineOf(socket)));
      clearTimeout(timer);
      doing = 'waiting for its answer';
      if (!parsed.success)
        throw new RequestError('The process that has the home is of another version and cannot answer this');
      return parsed.data;
    },
    write: async (line) => {
      if (socket.destroyed) throw new Error('The reader went away');
      if (!socket.write(lineOf(line))) await waitFor('drain');
    },
    finish: async () => {
      socket.end();
      if (!socket.writableFinished) await waitFor('finish');
    },
    hurry: () => {
      isHurried = true;
      if (doing === 'asking') end();
      if (doing === 'reading') endAfter(UNREAD_MS);
    },
    end,
  };
}

/** Empty when the reader has gone away. @throws RequestError when it is longer than a question may be */
async function firstLineOf(socket: Socket): Promise<string> {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_ASKED) throw new RequestError('The question is too long');
      yield chunk;
    }
  };
  for await (const line of linesOf(chunks())) return line;
  return '';
}

/** What is served, and of which home. */
interface At extends Served, Pick<Client, 'registry'> {
  readonly home: string;
}

/** Reads one question and writes its answer. A reader that goes away ends the answer. */
async function answerOn(reader: Reader, served: At): Promise<void> {
  try {
    await answerTo(await reader.asks(), served, reader.write);
  } catch (error) {
    const isRefusal = error instanceof RequestError;
    await reader
      .write({ error: error instanceof Error ? error.message : String(error), isRefusal })
      .catch(() => undefined);
  } finally {
    await reader.finish();
  }
}

async function answerTo(
  question: z.infer<typeof asked>,
  { home, registry, warehouse, store, snapshot }: At,
  write: (line: Line) => Promise<void>,
): Promise<void> {
  switch (question.op) {
    case 'hello':
      return write({ value: process.pid });
    case 'ask': {
      const { columns, unchecked, chunks } = await warehouse.ask(question.sql);
      await write({ head: { columns, unchecked } });
      for await (const rows of chunks) await write({ rows });
      return write({ end: true });
    }
    case 'askThen': {
      const { at, dates, sql, portable } = question;
      const answer = await warehouse.askThen({ at, dates }, sql, portable);
      const { columns, unchecked, absent, chunks } = answer;
      try {
        await write({ head: { columns, unchecked, absent } });
        for await (const rows of chunks) await write({ rows });
      } finally {
        await answer.close();
      }
      return write({ end: true });
    }
    case 'notPortable':
      return write({ value: await warehouse.notPortable(question.sql) });
    case 'published':
      return write({
        value: await warehouse.published(registry.get(question.table), question.dates),
      });
    case 'changes':
      return write({ value: await warehouse.changes(question.asked as ChangesAsked, question.limit) });
    case 'changeCounts':
      return write({ value: await warehouse.changeCounts(question.asked as ChangesAsked) });
    case 'changeEvents':
      return write({ value: await warehouse.changeEvents(question.asked as ChangesAsked) });
    case 'documents':
      return write({ value: (await store.getAll(question.paths)).map((found) => found ?? null) });
    case 'list':
      return write({ value: await store.list(question.collection, question.where, question.limit) });
    case 'count':
      return write({ value: await store.count(question.collection, question.where) });
    case 'snapshot':
      await snapshot(folderIn(join(home, question.ticket)));
      return write({ value: null });
    default:
      return question satisfies never;
  }
}
