/** A server on the loopback address that answers like live sources, and in the place of an answer can do what goes wrong. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What is done in place of the answer. */
export type Fault = (answer: string, response: ServerResponse) => void;

export interface RecordedServer {
  readonly address: string;
  /** Path -> answer, as JSON, or the bytes of a file. */
  readonly answers: Map<string, unknown>;
  /** Path -> the tag of the present answer. A question that names it is answered with 304, without the answer. */
  readonly tags: Map<string, string>;
  /** Path -> what is done with the next questions, one after the other, before there are answers again. */
  readonly faults: Map<string, Fault[]>;
  /** What every answer says of the credits that are left. */
  readonly credits: { left: number };
  /** The paths that were asked for, in order, and the headers of the last question. */
  readonly asked: string[];
  readonly headers: () => Readonly<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

export async function recordedServer(): Promise<RecordedServer> {
  const answers = new Map<string, unknown>();
  const faults = new Map<string, Fault[]>();
  const tags = new Map<string, string>();
  const asked: string[] = [];
  let headers = {};
  const credits = { left: 499 };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    headers = request.headers;
    const known = answers.get(path);
    const file = known instanceof Uint8Array ? known : undefined;
    const answer = file === undefined ? (JSON.stringify(known) ?? '') : '';
    const fault = faults.get(path)?.shift();
    const tag = tags.get(path);
    if (fault !== undefined) fault(answer, response);
    else if (file !== undefined) response.writeHead(200, { 'content-type': 'application/pdf' }).end(file);
    else if (known === undefined) response.writeHead(404).end();
    else if (tag !== undefined && request.headers['if-none-match'] === tag)
      response.writeHead(304, { etag: tag }).end();
    else
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          'x-requests-remaining': String(credits.left),
          ...(tag === undefined ? {} : { etag: tag }),
        })
        .end(gzipSync(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ answers, faults, tags, credits, asked, headers: () => headers },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a status and a text. */
const saying =
  (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Fault =>
  (_, response) => {
    response.writeHead(status, headers).end(text);
  };

/** What goes wrong with sources, by name. */
export const FAULTS = {
  hang: () => undefined,
  'slow drip': (answer, response) => {
    response.writeHead(200);
    let at = 0;
    const drip = setInterval(() => response.write(answer[at++ % answer.length] ?? ''), 20);
    response.on('close', () => clearInterval(drip));
  },
  'cut connection': (answer, response) => {
    response.writeHead(200, { 'content-length': String(answer.length) });
    response.write(answer.slice(0, 100), () => response.destroy());
  },
  'truncated JSON': (answer, response) => {
    response.end(answer.slice(0, -100));
  },
  'a page for JSON': saying(200, '<!DOCTYPE html><html>Maintenance</html>'),
  'an empty answer': saying(200, ''),
  'an empty list': saying(200, '[]'),
  'not UTF-8': (_, response) => {
    response.end(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
  },
  'bytes that are no gzip': saying(200, 'no gzip', { 'content-encoding': 'gzip' }),
  'an answer that grows out of bounds': (_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(2 ** 22)));
  },
  'an answer without an end': (_, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (response.write(Buffer.alloc(2 ** 16)));
      response.once('drain', more);
    };
    more();
  },
  'a refusal': saying(403, '<html><title>Access Denied</title></html>'),
  'a key that is not accepted': saying(401, '{"message":"invalid key"}'),
  'no such file': saying(403, '<Error><Code>AccessDenied</Code></Error>'),
  'not found': saying(404, ''),
  'too many questions': saying(429, '', { 'retry-after': '2' }),
  'too many questions for an hour': saying(429, '', { 'retry-after': '3600' }),
  'an error of the server': saying(500, ''),
  'another place': saying(302, '', { location: 'http://127.0.0.1:1/elsewhere' }),
} as const satisfies Readonly<Record<string, Fault>>;
