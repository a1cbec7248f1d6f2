/**
 * The socket of a home. The process that has the warehouse open answers on it what others ask: queries, what has changed, and a
 * snapshot. Nothing that is asked there changes a row or a document.
 */
import { once } from 'node:events';
import { chmodSync, chownSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { RequestError } from '../../../shared/domain/failure.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import type { ChangesAsked } from '../../../shared/ports/warehouse.ts';
import type { Client, ReadingWarehouse } from '../client.ts';
import { documentOf, lineOf, type Line } from './socket-lines.ts';

/** Longest path of a socket that every system takes. A home with a longer one has no socket. */
const MAX_PATH = 100;
/** Most characters of a question. */
const MAX_ASKED = 1_000_000;

/**
 * A file in the home that names the folder of a snapshot. The folder is written with the rights of the owner, so only who may
 * write the home may name one: a group that may read it cannot.
 */
const TICKET = /^snapshot-[0-9a-f]{32}\.ticket$/;

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
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
  z.strictObject({ op: z.literal('notPortable'), sql: z.string() }),
  z.strictObject({ op: z.literal('changes'), asked: changesAsked, limit: z.int().min(1) }),
  z.strictObject({ op: z.literal('changeCounts'), asked: changesAsked }),
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

/** Where the socket of a home is; undefined when its path would be too long. */
export function socketOf(home: string): string | undefined {
  const path = join(home, 'home.sock');
  return Buffer.byteLength(path) <= MAX_PATH ? path : undefined;
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
  /** Takes no more questions and waits for the answers that are under way. */
  readonly close: () => Promise<void>;
}

/**
 * Answers on the socket of a home until it is closed. The caller has the lock of the home, so a socket that is there was left
 * by a process that has ended.
 */
export async function openSocket({ config }: Pick<Client, 'config'>, served: Served): Promise<HomeSocket> {
  const path = socketOf(config.home);
  if (path === undefined) return { close: () => Promise.resolve() };
  rmSync(path, { force: true });
  const underWay = new Set<Promise<void>>();
  const server = createServer((socket) => {
    const work = answerOn(socket, { ...served, home: config.home }).finally(() => underWay.delete(work));
    underWay.add(work);
  });
  try {
    server.listen(path);
    await once(server, 'listening');
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
      await Promise.allSettled(underWay);
      await closed;
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

/** Reads one question and writes its answer. A reader that goes away ends the answer. */
async function answerOn(socket: Socket, served: Served & { readonly home: string }): Promise<void> {
  socket.on('error', () => undefined);
  const write = async (line: Line): Promise<void> => {
    if (socket.destroyed) throw new Error('The reader went away');
    if (!socket.write(lineOf(line))) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  };
  try {
    await answerTo(await questionFrom(socket), served, write);
  } catch (error) {
    const isRefusal = error instanceof RequestError;
    await write({ error: error instanceof Error ? error.message : String(error), isRefusal }).catch(
      () => undefined,
    );
  } finally {
    socket.end();
  }
}

/** @throws RequestError for what is no question, or a longer one than anybody asks */
async function questionFrom(socket: Socket): Promise<z.infer<typeof asked>> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    if (text.includes('\n')) break;
    if (text.length > MAX_ASKED) throw new RequestError('The question is too long');
  }
  const parsed = asked.safeParse(documentOf(text.split('\n')[0] ?? ''));
  if (!parsed.success)
    throw new RequestError('The process that has the home is of another version and cannot answer this');
  return parsed.data;
}

async function answerTo(
  question: z.infer<typeof asked>,
  { home, warehouse, store, snapshot }: Served & { readonly home: string },
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
    case 'notPortable':
      return write({ value: await warehouse.notPortable(question.sql) });
    case 'changes':
      return write({ value: await warehouse.changes(question.asked as ChangesAsked, question.limit) });
    case 'changeCounts':
      return write({ value: await warehouse.changeCounts(question.asked as ChangesAsked) });
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
