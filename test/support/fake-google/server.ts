/**
 * Google's management APIs as far as a deployment uses them: they keep what they are told, answer what was asked, and
 * record every request. Commands reach it as an HTTP proxy, so that each API keeps a host of its own whatever gcloud puts
 * before its name. It shows which requests a command sends; it knows no permissions, quotas or builds.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { passOn } from './emulated-pubsub.ts';
import { failure } from './failure.ts';
import type { Json, Recorded, Route, World } from './world.ts';
import { routes } from './routes.ts';

export interface FakeGoogle {
  readonly port: number;
  readonly world: World;
  /** All requests, in the order in which they came. */
  readonly requests: readonly Recorded[];
  /** Forgets the requests so far, and nothing else. */
  readonly forget: () => void;
  /** Environment under which gcloud and bq talk to this server and to nothing else. */
  readonly environment: (configFolder: string) => Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

export interface FakeGoogleOptions {
  readonly project: string;
  readonly projectNumber?: string;
  /** `host:port` of the Pub/Sub emulator: everything but the policies of topics and subscriptions is passed on to it. */
  readonly pubsub?: string;
  /** Description of the BigQuery API, as the SDK has one beside `bq`. */
  readonly bigQueryDiscovery?: string;
  /** Called for each request before it is answered; an answer of its own replaces the server's. */
  readonly intercept?: (request: Recorded) => { readonly status: number; readonly body: Json } | undefined;
}

/** APIs under the names that gcloud has for them. */
const OVERRIDES = [
  'artifactregistry',
  'bigquery',
  'cloudbilling',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
  'cloudscheduler',
  'firestore',
  'iam',
  'iamcredentials',
  'logging',
  'monitoring',
  'pubsub',
  'run',
  'secretmanager',
  'serviceusage',
  'storage',
] as const;

export async function startFakeGoogle(options: FakeGoogleOptions): Promise<FakeGoogle> {
  const world: World = {
    project: options.project,
    projectNumber: options.projectNumber ?? '123456789012',
    resources: new Map(),
    policies: new Map(),
    uploads: new Map(),
    bigQueryDiscovery: options.bigQueryDiscovery,
    counter: 0,
  };
  const requests: Recorded[] = [];
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing).catch((error: unknown) => {
      send(
        outgoing,
        500,
        failure(500, 'INTERNAL', error instanceof Error ? (error.stack ?? '') : String(error)),
      );
    });
  });

  const emulator = options.pubsub === undefined ? undefined : passOn(options.pubsub);

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? 'unknown'}`);
    const api = apiOf(url);
    const raw = await bytesOf(incoming);
    const body = parsed(raw, incoming.headers['content-type']);
    const request: Recorded = {
      method: incoming.method ?? 'GET',
      api,
      host: url.hostname,
      path: decodeURIComponent(url.pathname),
      query: Object.fromEntries(
        [...url.searchParams].filter(([name]) => name !== 'alt' && name !== 'prettyPrint'),
      ),
      body,
    };
    requests.push(request);
    const intercepted = options.intercept?.(request);
    if (intercepted !== undefined) {
      send(outgoing, intercepted.status, intercepted.body);
      return;
    }
    if (api === 'pubsub' && emulator !== undefined && !/:[a-zA-Z]*IamP/.test(request.path)) {
      const { status, body: reply } = await emulator(request, url);
      send(outgoing, status, reply);
      return;
    }
    const found = match(routes, request);
    if (found === undefined) {
      send(outgoing, 404, failure(404, 'NOT_FOUND', `${request.method} ${api}${request.path}`));
      return;
    }
    const given = await found.route.answer({ world, request, parts: found.parts, url });
    const {
      status,
      body: reply,
      headers,
    } = 'status' in given ? given : { status: 200, body: given.body, headers: {} };
    for (const [name, value] of Object.entries(headers ?? {})) outgoing.setHeader(name, value);
    send(outgoing, status, reply);
  };

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    world,
    requests,
    forget: () => {
      requests.length = 0;
    },
    environment: (configFolder) => ({
      CLOUDSDK_CONFIG: configFolder,
      CLOUDSDK_CORE_PROJECT: options.project,
      CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'true',
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
      CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
      CLOUDSDK_PROXY_TYPE: 'http_no_tunnel',
      CLOUDSDK_PROXY_ADDRESS: '127.0.0.1',
      CLOUDSDK_PROXY_PORT: String(port),
      ...Object.fromEntries(
        OVERRIDES.map((api) => [
          `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`,
          `http://${api}.test/`,
        ]),
      ),
    }),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** `bq` comes directly; all others by the name of their API. */
function apiOf({ hostname }: URL): string {
  if (hostname === '127.0.0.1') return 'bigquery';
  return hostname.split('.').at(-2)?.split('-').at(-1) ?? hostname;
}

function match(
  all: readonly Route[],
  { api, method, path }: Recorded,
): { readonly route: Route; readonly parts: readonly string[] } | undefined {
  for (const route of all) {
    if (route.api !== api || route.method !== method) continue;
    const found = route.path.exec(path);
    if (found !== null) return { route, parts: found.slice(1) };
  }
  return undefined;
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parsed(raw: Buffer, contentType: string | undefined): Json {
  if (raw.length === 0) return null;
  if (contentType?.includes('json') === true) return JSON.parse(raw.toString('utf8')) as Json;
  return { bytes: raw.length, type: contentType ?? '', text: raw.toString('latin1') };
}

function send(outgoing: ServerResponse, status: number, body: Json): void {
  if (outgoing.headersSent) return;
  outgoing.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  outgoing.end(JSON.stringify(body));
}
