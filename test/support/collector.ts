/** A collector of traces on a port of its own: it keeps what is sent to it. */
import { createServer, type IncomingHttpHeaders } from 'node:http';

/** A span as OTLP writes it in JSON. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status?: { readonly code?: number; readonly message?: string };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly {
        readonly key: string;
        readonly value: { readonly stringValue?: string };
      }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

export interface Collector {
  readonly endpoint: string;
  readonly requests: readonly { readonly url: string; readonly headers: IncomingHttpHeaders }[];
  readonly spans: () => readonly SentSpan[];
  /** Attributes of whatever sent the spans. */
  readonly resources: () => readonly Readonly<Record<string, string | undefined>>[];
  readonly close: () => Promise<void>;
}

/** @param status what every export is answered with */
export async function startCollector(status = 200): Promise<Collector> {
  const requests: { url: string; headers: IncomingHttpHeaders }[] = [];
  const exports: Export[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ url: `${request.method} ${request.url}`, headers: request.headers });
      exports.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Export);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The collector has no port');
  const resourceSpans = (): Export['resourceSpans'] => exports.flatMap((each) => each.resourceSpans);
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    spans: () => resourceSpans().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    resources: () =>
      resourceSpans().map(({ resource }) =>
        Object.fromEntries(resource.attributes.map(({ key, value }) => [key, value.stringValue])),
      ),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
