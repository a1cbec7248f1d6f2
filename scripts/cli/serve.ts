/** `serve`: handles messages until the process is stopped, and takes new ones at an address of this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Client } from '../../functions/targets/client.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { EXIT, tell } from './command.ts';

const HOST = '127.0.0.1';
const MAX_BODY = 1_000_000;
/** Seconds between two sweeps. At every so many sweeps the rows of every table are counted. */
export interface Sweeps {
  readonly seconds: number;
  readonly reconcileEvery: number;
}
const SWEEPS: Sweeps = { seconds: 60, reconcileEvery: 1 };

export async function serveCommand(client: Client, flags: { readonly port: string }): Promise<number> {
  const worker = await client.openWorkerOrRefuse('serve');
  try {
    worker?.dispatcher.start();
    await serveUntilStopped(client, portOf(flags.port), SWEEPS, worker?.dispatcher.fault);
    return EXIT.done;
  } finally {
    await worker?.close();
  }
}

/** @throws RequestError */
export function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new RequestError(`--port must be 0 to 65535, not "${text}"`);
  return port;
}

/**
 * Handles messages until the process is asked to end.
 * @param fault the error because of which no more messages are handled
 * @throws that error
 */
export async function serveUntilStopped(
  client: Client,
  port: number,
  { seconds, reconcileEvery }: Sweeps = SWEEPS,
  fault: () => Error | undefined = () => undefined,
): Promise<void> {
  const server = await listen(client, port);
  const address = server.address();
  const at = typeof address === 'object' && address !== null ? `http://${HOST}:${address.port}` : HOST;
  let looks = 0;
  const sweeps = setInterval(() => {
    looks += 1;
    const message = JSON.stringify({ reconcile: looks % reconcileEvery === 0 });
    // When the broker does not answer, the next sweep is published to it again.
    client.publisher.publish(SWEEP_TOPIC, message).catch(() => undefined);
  }, seconds * 1000);
  tell(
    `Serving ${client.config.home} at ${at}; publish with: curl -d '{"season":"2023-24"}' ${at}/topics/nba-backfill-request`,
  );
  tell('Ctrl-C ends it.');
  let looking: NodeJS.Timeout | undefined;
  const broken = await new Promise<Error | undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined));
    looking = setInterval(() => {
      const found = fault();
      if (found !== undefined) resolve(found);
    }, 1000);
  });
  clearInterval(looking);
  clearInterval(sweeps);
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  if (broken !== undefined) throw broken;
}

function listen(client: Client, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    respond(client, request).then(
      ([status, document]) => send(response, status, document),
      (error: unknown) =>
        send(response, 500, { error: error instanceof Error ? error.message : String(error) }),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new RequestError(`Port ${port} is in use; choose another with --port`)
          : error,
      ),
    );
    server.listen(port, HOST, () => resolve(server));
  });
}

async function respond(client: Client, request: IncomingMessage): Promise<[number, unknown]> {
  // Only programs of this machine may publish. A web page in the user's browser may not.
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (!['127.0.0.1', 'localhost'].includes(host) || request.headers.origin !== undefined)
    return [403, { error: 'only local clients that are not web pages may publish' }];
  if (request.method === 'GET' && request.url === '/healthz')
    return [200, { status: 'ok', backlog: Object.fromEntries(client.backlog() ?? []) }];
  const topic = /^\/topics\/([a-z0-9-]+)$/.exec(request.url ?? '')?.[1];
  if (request.method !== 'POST' || topic === undefined)
    return [404, { error: 'POST a message to /topics/NAME, or GET /healthz' }];
  if (!topics().some(({ name }) => name === topic))
    return [404, { error: `there is no topic ${topic}`, topics: topics().map(({ name }) => name) }];
  const body = await bodyOf(request);
  if (body === undefined) return [413, { error: `a message has at most ${MAX_BODY} characters` }];
  return [202, { messageId: await client.publisher.publish(topic, body) }];
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

function send(response: ServerResponse, status: number, document: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(document)}\n`);
}
