/** Asks servers by HTTP: with an end to every wait, and to the size of every answer. Redirections are not followed. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { Agent, request } from 'undici';
import type { Http, HttpAnswer } from '../../ports/http.ts';

export interface HttpLimits {
  /** Milliseconds until there is a connection, and until the answer is whole. */
  readonly connectMs: number;
  readonly totalMs: number;
  /** Most bytes of an answer, as it comes and unpacked. */
  readonly maxBytes: number;
}

const LIMITS: HttpLimits = { connectMs: 5000, totalMs: 15_000, maxBytes: 64 * 2 ** 20 };

/** The limits that are given replace those of the product. */
export function undiciHttp(limits: Partial<HttpLimits> = {}): Http {
  const { connectMs, totalMs, maxBytes } = { ...LIMITS, ...limits };
  const dispatcher = new Agent({
    connect: { timeout: connectMs },
    headersTimeout: totalMs,
    bodyTimeout: totalMs,
    maxResponseSize: maxBytes,
    keepAliveTimeout: 1000,
  });
  return {
    ask: async ({ url, headers }) => {
      const started = performance.now();
      const seconds = (): number => (performance.now() - started) / 1000;
      try {
        const {
          statusCode,
          headers: own,
          body,
        } = await request(url, {
          dispatcher,
          headers: { 'accept-encoding': 'gzip, deflate, br', ...headers },
          signal: AbortSignal.timeout(totalMs),
        });
        const packed = Buffer.from(await body.arrayBuffer());
        const plain = unpacked(packed, String(own['content-encoding'] ?? ''), maxBytes);
        if (plain === undefined) return { kind: 'nothing', why: 'too_large', seconds: seconds() };
        return {
          kind: 'answer',
          status: statusCode,
          headers: Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)])),
          body: plain,
          seconds: seconds(),
        };
      } catch (error) {
        return { kind: 'nothing', why: whyOf(error), seconds: seconds() };
      }
    },
  };
}

/** The body of an answer without its encodings; undefined when it is too large. @throws Error when it is damaged */
function unpacked(body: Buffer, encoding: string, maxOutputLength: number): Buffer | undefined {
  try {
    return encoding
      .split(',')
      .map((each) => each.trim().toLowerCase())
      .reduceRight((bytes, each) => unpackOnce(bytes, each, maxOutputLength), body);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw error;
  }
}

function unpackOnce(bytes: Buffer, encoding: string, maxOutputLength: number): Buffer {
  switch (encoding) {
    case '':
    case 'identity':
      return bytes;
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(bytes, { maxOutputLength });
    case 'deflate':
      return inflateSync(bytes, { maxOutputLength });
    case 'br':
      return brotliDecompressSync(bytes, { maxOutputLength });
    default:
      throw new Error(`The encoding ${encoding} was not asked for`);
  }
}

type Why = Extract<HttpAnswer, { kind: 'nothing' }>['why'];

/** By the name or the code of an error. What is not known here is a connection that broke. */
const WHYS: Readonly<Record<string, Why>> = {
  UND_ERR_CONNECT_TIMEOUT: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'unreachable',
  TimeoutError: 'hung',
  UND_ERR_HEADERS_TIMEOUT: 'hung',
  UND_ERR_BODY_TIMEOUT: 'hung',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
};

function whyOf(error: unknown): Why {
  const { name = '', code = '' } = error as { name?: string; code?: string };
  const inner = error instanceof AggregateError ? (error.errors[0] as { code?: string }).code : undefined;
  return WHYS[code] ?? WHYS[inner ?? ''] ?? WHYS[name] ?? 'broken';
}
