/**
 * A Cloud Storage of its own for tests: the part of the JSON API that the client uses for whole objects, with the
 * preconditions, checksums and statuses of the real one. It keeps objects in memory and listens on the loopback address.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface StorageServer {
  readonly host: string;
  /** Objects by `bucket/name`. */
  readonly objects: Map<string, StoredObject>;
  /** Method, path and status of every request, in order. */
  readonly requests: readonly { readonly method: string; readonly path: string; readonly status: number }[];
  /** Answers the next requests with this status instead of doing anything. */
  readonly failNext: (status: number, times: number) => void;
  readonly close: () => Promise<void>;
}

export interface StoredObject {
  bytes: Buffer;
  readonly generation: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * @param buckets those that exist
 * @param needsToken whether a request without a token is refused. The client sends none, and asks for objects without `/storage/v1`,
 *   where the variable `STORAGE_EMULATOR_HOST` names the server
 */
export async function startStorageServer(
  buckets: readonly string[],
  needsToken = true,
): Promise<StorageServer> {
  const objects = new Map<string, StoredObject>();
  const requests: { method: string; path: string; status: number }[] = [];
  let failing: { status: number; times: number } = { status: 0, times: 0 };
  let generation = 1_700_000_000_000_000;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://storage');
    const body = await bytesOf(request);
    const reply = (status: number, document: object | Buffer, headers: Record<string, string> = {}): void => {
      requests.push({ method: request.method ?? '', path: url.pathname, status });
      const isMedia = Buffer.isBuffer(document);
      response.writeHead(status, {
        'content-type': isMedia ? 'application/octet-stream' : 'application/json; charset=UTF-8',
        ...headers,
      });
      response.end(isMedia ? document : JSON.stringify(document));
    };
    const refuse = (status: number, reason: string, message: string): void =>
      reply(status, { error: { code: status, message, errors: [{ domain: 'global', reason, message }] } });

    if (failing.times > 0) {
      failing.times -= 1;
      refuse(failing.status, 'backendError', 'Backend Error');
      return;
    }
    if (needsToken && !(request.headers.authorization ?? '').startsWith('Bearer ')) {
      refuse(401, 'required', 'Anonymous caller');
      return;
    }
    const upload = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(url.pathname);
    const object = /^(?:\/storage\/v1)?\/b\/([^/]+)\/o\/([^/]+)$/.exec(url.pathname);
    const list = /^(?:\/storage\/v1)?\/b\/([^/]+)\/o$/.exec(url.pathname);
    const bucket = decodeURIComponent((upload ?? object ?? list)?.[1] ?? '');
    if ((upload ?? object ?? list) === null) {
      refuse(404, 'notFound', 'Not Found');
    } else if (!buckets.includes(bucket)) {
      refuse(404, 'notFound', 'The specified bucket does not exist.');
    } else if (upload !== null && request.method === 'POST') {
      const parts = multipart(request.headers['content-type'] ?? '', body);
      const about = JSON.parse(parts?.[0]?.body.toString() ?? 'null') as {
        name?: string;
        metadata?: Record<string, string>;
      } | null;
      const name = about?.name ?? url.searchParams.get('name');
      const media = parts?.[1];
      if (url.searchParams.get('uploadType') !== 'multipart' || media === undefined || name === null) {
        refuse(400, 'invalid', 'Bad upload');
        return;
      }
      const key = `${bucket}/${name}`;
      const match = url.searchParams.get('ifGenerationMatch');
      if (match !== null && match !== (objects.get(key)?.generation ?? '0')) {
        refuse(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
        return;
      }
      const stored: StoredObject = {
        bytes: media.body,
        generation: String((generation += 1)),
        contentType: media.type,
        metadata: about?.metadata ?? {},
      };
      objects.set(key, stored);
      reply(200, resourceOf(bucket, name, stored));
    } else if (list !== null && request.method === 'GET') {
      const prefix = `${bucket}/${url.searchParams.get('prefix') ?? ''}`;
      const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
      const limit = Number(url.searchParams.get('maxResults') ?? names.length);
      const items = names.slice(0, limit).flatMap((name) => {
        const stored = objects.get(name);
        return stored === undefined ? [] : [resourceOf(bucket, name.slice(bucket.length + 1), stored)];
      });
      const next = names.length > limit ? { nextPageToken: String(limit) } : {};
      reply(200, { kind: 'storage#objects', items, ...next });
    } else if (object !== null && request.method === 'GET') {
      const name = decodeURIComponent(object[2] ?? '');
      const stored = objects.get(`${bucket}/${name}`);
      if (stored === undefined) refuse(404, 'notFound', `No such object: ${bucket}/${name}`);
      else if (url.searchParams.get('alt') === 'media')
        reply(200, stored.bytes, {
          'content-length': String(stored.bytes.byteLength),
          'x-goog-generation': stored.generation,
          'x-goog-hash': `crc32c=${crc32c(stored.bytes)},md5=${md5(stored.bytes)}`,
        });
      else reply(200, resourceOf(bucket, name, stored));
    } else refuse(405, 'methodNotAllowed', 'Method Not Allowed');
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    host: `127.0.0.1:${address.port}`,
    objects,
    requests,
    failNext: (status, times) => {
      failing = { status, times };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function resourceOf(
  bucket: string,
  name: string,
  { bytes, generation, contentType, metadata }: StoredObject,
) {
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    name,
    bucket,
    generation,
    metageneration: '1',
    contentType,
    size: String(bytes.byteLength),
    md5Hash: md5(bytes),
    crc32c: crc32c(bytes),
    metadata,
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Parts of a `multipart/related` body. */
function multipart(contentType: string, body: Buffer): { type: string; body: Buffer }[] | undefined {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  const text = body.toString('latin1');
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const at = part.indexOf('\r\n\r\n');
      const type = /content-type:\s*([^\r\n]+)/i.exec(part.slice(0, at))?.[1] ?? '';
      return { type, body: Buffer.from(part.slice(at + 4).replace(/\r\n$/, ''), 'latin1') };
    });
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}

/** CRC-32 of Castagnoli, as Cloud Storage writes it. */
function crc32c(bytes: Buffer): string {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  const result = Buffer.alloc(4);
  result.writeUInt32BE(~crc >>> 0);
  return result.toString('base64');
}
