/** The HTTP address of `serve` on this machine: takes messages from those who have the token, and shows a page. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isForm, whyForeign } from '../../functions/edge/local-only.ts';
import { asksForOther } from '../../functions/control/request-content.ts';
import type { Client } from '../../functions/targets/client.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import { decode } from '../../shared/messages/decode.ts';
import { backfillRequest } from '../../shared/messages/schemas.ts';
import { readBackfill } from '../../shared/state/backfills.ts';
import { homePage } from './home-page.ts';
import { numberOption } from './options.ts';
import { tokenFile, tokenOf } from './token.ts';

const HOST = '127.0.0.1';
const MAX_BODY = 1_000_000;

/** An address that is taken already, before the work behind it begins. */
export interface Door {
  /** Such as `http://127.0.0.1:8787`. */
  readonly address: string;
  /** Answers requests from now on; those that came before were told to come again. */
  readonly open: (client: Client) => void;
  readonly close: () => Promise<void>;
}

/** @throws RequestError for anything but a port; 0 is any that is free */
export function portOf(text: string): number {
  return numberOption('--port', text, { least: 0, most: 65535, zero: 'any free one' });
}

/**
 * Takes a port of the loopback address.
 * @throws RequestError when the port is in use
 */
export async function takePort(port: number): Promise<Door> {
  let client: Client | undefined;
  const server = createServer((request, response) => {
    if (client === undefined) {
      send(response, { status: 503, document: { error: 'still starting; try again in a moment' } });
      return;
    }
    answerOf(client, request).then(
      (answer) => send(response, answer),
      (error: unknown) =>
        send(response, {
          status: 500,
          document: { error: error instanceof Error ? error.message : String(error) },
        }),
    );
  });
  await listening(server, port);
  const bound = server.address();
  return {
    address: `http://${HOST}:${typeof bound === 'object' && bound !== null ? bound.port : port}`,
    open: (opened) => {
      tokenOf(opened.config.home);
      client = opened;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new RequestError(`Port ${port} is in use; choose another with --port`)
          : error,
      ),
    );
    server.listen(port, HOST, resolve);
  });
}

type Answer =
  { readonly status: number; readonly document: object } | { readonly status: number; readonly page: string };

async function answerOf(client: Client, request: IncomingMessage): Promise<Answer> {
  const { method, url = '', headers } = request;
  const foreign = whyForeign(headers);
  if (foreign !== undefined) return refused(403, foreign);
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead && url === '/healthz')
    return {
      status: 200,
      document: { status: 'ok', backlog: Object.fromEntries(client.backlog() ?? []) },
    };
  const address = `http://${headers.host ?? HOST}`;
  if (isRead && url === '/')
    return { status: 200, page: await homePage(client, address, mayPublish(client, headers.authorization)) };
  const topic = /^\/topics\/([a-z0-9-]+)$/.exec(url)?.[1];
  if (topic === undefined) return refused(404, 'POST a message to /topics/NAME, or GET / or /healthz');
  if (method !== 'POST') return refused(405, 'POST a message to /topics/NAME');
  if (!mayPublish(client, headers.authorization))
    return refused(
      401,
      `publishing needs the header "Authorization: Bearer TOKEN" with the token in ${tokenFile(client.config.home)}`,
    );
  if (!topics().some(({ name }) => name === topic))
    return {
      status: 404,
      document: { error: `there is no topic ${topic}`, topics: topics().map(({ name }) => name) },
    };
  const body = await bodyOf(request);
  if (body === undefined) return refused(413, `a message has at most ${MAX_BODY} bytes`);
  if (isForm(headers, body)) return refused(415, 'send the message as JSON, not as a form');
  return publish(client, topic, body);
}

function refused(status: number, error: string): Answer {
  return { status, document: { error } };
}

function mayPublish({ config }: Client, authorization = ''): boolean {
  const given = Buffer.from(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '');
  const token = Buffer.from(tokenOf(config.home));
  return given.length === token.length && timingSafeEqual(given, token);
}

/** Publishes a message. A request with the id of other work is published too: it is set aside, where a person finds it. */
async function publish(client: Client, topic: string, body: string): Promise<Answer> {
  const request = topic === BACKFILL_REQUEST_TOPIC ? decode(backfillRequest, body) : undefined;
  const asked = request?.ok === true ? request.value : undefined;
  const known =
    asked?.requestId === undefined ? undefined : await readBackfill(client, backfillIdOf(asked, ''));
  const other =
    asked === undefined || known === undefined || known.state === 'refused'
      ? undefined
      : await asksForOther(client, known, asked);
  const messageId = await client.publisher.publish(topic, body);
  const ids = {
    messageId,
    ...(asked === undefined ? {} : { backfillId: backfillIdOf(asked, messageId) }),
  };
  if (other !== undefined) return { status: 409, document: { error: other, ...ids } };
  return { status: 202, document: ids };
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, answer: Answer): void {
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if ('page' in answer) {
    response.writeHead(answer.status, {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
    response.end(answer.page);
    return;
  }
  response.writeHead(answer.status, {
    ...headers,
    'content-type': 'application/json',
    ...(answer.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
  response.end(`${JSON.stringify(answer.document)}\n`);
}
