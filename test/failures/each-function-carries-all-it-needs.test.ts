import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, clientsOf } from '../../infra/bundle/bundle.ts';
import { startBundle } from '../../infra/bundle/check.ts';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { firestoreStore } from '../../shared/adapters/gcp/firestore-store.ts';
import { readConfig } from '../../shared/config.ts';
import { type Service, services } from '../../shared/derive/services.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { cleanFolder, type ServedBundle } from '../support/clean-bundles.ts';
import { drawnOf } from '../support/draw.ts';
import { proof } from '../support/proof.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { removeFolder } from '../support/remove-folder.ts';

const clean = cleanFolder();
const bundles = new Map<string, Bundle>();

async function bundleOf(name: string): Promise<Bundle> {
  const service = services().find((each) => each.name === name);
  if (service === undefined) throw new Error(`There is no service ${name}`);
  const bundle = bundles.get(name) ?? (await clean.bundle(service));
  bundles.set(name, bundle);
  return bundle;
}

afterAll(() => clean.remove());

/** A service for each kind of messages and of what its handler needs. */
const ONE_OF_EACH = [
  ...new Map(
    services().map((service) => [`${service.consumer} ${service.kind.needs(service.phase)}`, service]),
  ).values(),
];
/** Those whose bundles other tests of this file look at, and another one by the draw. */
const NAMED = ['nba-dead-letter', 'nba-sweep'];
const FEW = [
  ...ONE_OF_EACH.filter(({ name }) => NAMED.includes(name)),
  ...drawnOf(
    ONE_OF_EACH.filter(({ name }) => !NAMED.includes(name)),
    1,
    'bundles',
  ),
];

describe('F-24 each function carries all it needs, and is started before anything is deployed', () => {
  const some =
    proof === 'small' ? FEW : drawnOf(services(), proof === 'all' ? services().length : 6, 'bundles');
  it.each(some.map((service) => [service.name, service] as const))(
    'F-24 %s starts where nothing else is, and carries no client that it does not use',
    async (name, service) => {
      const bundle = await bundleOf(name);
      const { importMs } = await startBundle(bundle);
      expect(importMs).toBeGreaterThan(0);
      const inside = bundle.packages.map((each) => each.name);
      const clients = ['firestore', 'pubsub', 'bigquery', 'storage'] as const;
      expect(clients.filter((client) => inside.includes(`@google-cloud/${client}`))).toEqual(
        clients.filter((client) => clientsOf(service).includes(client)),
      );
      expect(inside.filter((each) => /duckdb|sqlite|esbuild|vitest|commander/.test(each))).toEqual([]);
      // Nothing outside of the bundle is named in it but the one package that is installed beside it.
      const manifest = JSON.parse(readFileSync(join(bundle.folder, 'package.json'), 'utf8')) as {
        dependencies: Record<string, string>;
        engines: { node: string };
        scripts: Record<string, string>;
      };
      expect(Object.keys(manifest.dependencies)).toEqual(['@google-cloud/functions-framework']);
      expect(manifest.dependencies['@google-cloud/functions-framework']).toMatch(/^\d+\.\d+\.\d+$/);
      expect(manifest.engines.node).toBe('24.x');
      expect(manifest.scripts).toEqual({ 'gcp-build': '' });
      expect(readFileSync(join(bundle.folder, '.gcloudignore'), 'utf8')).not.toContain('#!include');
    },
  );

  it('F-24 keeps the licences of what is inside', async () => {
    const bundle = await bundleOf('nba-dead-letter');
    const licences = readFileSync(join(bundle.folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const { name } of bundle.packages)
      expect(licences, name).toMatch(new RegExp(`^${name.split('/node_modules/').at(-1)} \\d`, 'm'));
    expect(licences).toContain('Apache License');
  });

  it('F-24 stops a deployment at a bundle that lacks a module, before a single command', async () => {
    const bundle = await bundleOf('nba-dead-letter');
    const broken = `${bundle.folder}-broken`;
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'package.json'), '{"type":"module","main":"index.js"}');
    writeFileSync(join(broken, 'index.js'), "import '@google-cloud/firestore';\n");
    await expect(startBundle({ folder: broken, name: bundle.name })).rejects.toThrow(
      /bundle of nba-dead-letter does not start[\s\S]*@google-cloud\/firestore/,
    );
    // A part that is loaded late is missed as well.
    writeFileSync(join(broken, 'index.js'), readFileSync(join(bundle.folder, 'index.js')));
    await expect(startBundle({ folder: broken, name: bundle.name })).rejects.toThrow('does not start');
    removeFolder(broken);
  });
});

describe.skipIf(isMissing(findGoogleEmulators()))(
  'F-24 through the real entry point, over the emulators',
  () => {
    const project = ownProject('bundles');
    let store: StateStore & { readonly close?: () => Promise<void> };
    let env: Record<string, string>;

    beforeAll(async () => {
      const [firestore, pubsub] = await Promise.all([sharedEmulator('firestore'), sharedEmulator('pubsub')]);
      env = {
        FULLCOURT_TARGET: 'emulator',
        FULLCOURT_PROJECT: project,
        FULLCOURT_LOG: 'info',
        FIRESTORE_EMULATOR_HOST: firestore,
        PUBSUB_EMULATOR_HOST: pubsub,
        // Nobody listens there: what is sent here must not ask the warehouse.
        FULLCOURT_BIGQUERY_HOST: '127.0.0.1:9',
        METADATA_SERVER_DETECTION: 'none',
      };
      store = firestoreStore(readConfig(env).cloud);
    }, 180_000);
    afterAll(async () => {
      await store.close?.();
    });

    const accepted = (service: Service): readonly (readonly [body: string, aside: RegExp | undefined])[] => {
      switch (service.consumer) {
        case 'backfill':
          return [
            ['{"startDate":"2024-10-22","endDate":"2025-01-02","dryRun":true}', undefined],
            ['{"startDate":"TODAY","endDate":"2025-01-02"}', /"TODAY" is not a calendar date/],
          ];
        case 'run':
          return [
            [runRequested('run-unknown', 'player_game_summary'), /There is no run run-unknown/],
            [runRequested('run-unknown', 'no_such_table'), /There is no table no_such_table/],
          ];
        case 'orchestrate':
          return [[runCompleted('no_such_table'), /There is no table no_such_table/]];
        case 'sweep':
          return [
            ['{"probeId":"probe-1"}', undefined],
            ['{}', undefined],
            ['{"reconcile":"yes"}', /reconcile/],
          ];
        case 'fetch':
          return [
            [fetchRequestedOf('2024-01-26.morning.20240126T1100Z'), /There is no fetch 2024-01-26\.morning/],
            ['{"kind":"fetch_requested"}', /fetchId/],
          ];
        case 'dead-letter':
          return [['what nobody could read', /in vain/]];
        default:
          return service.consumer satisfies never;
      }
    };

    it.each((proof === 'small' ? FEW : ONE_OF_EACH).map((service) => [service.name, service] as const))(
      'F-24 %s takes each kind of message it accepts, and sets aside what nobody can use',
      async (name, service) => {
        const bundle = await bundleOf(name);
        const served: ServedBundle = await clean.serve(bundle, env);
        try {
          const subscription = service.topics[0]?.subscription.name ?? '';
          expect(await served.post({ message: { data: 'AA==' } }), 'no push').toBe(400);
          expect(await served.push('nba-of-somebody-else-sub', '{}', 'm0'), 'not ours').toBe(404);
          for (const [i, [body, aside]] of accepted(service).entries()) {
            const id = `${name}-${i}`;
            expect(await served.push(subscription, body, id), `${body}\n${served.log()}`).toBe(204);
            const letters = (await store.list('dead_letters')).filter(({ data }) => data['messageId'] === id);
            if (aside === undefined) expect(letters).toEqual([]);
            else {
              expect(letters).toHaveLength(1);
              expect(letters[0]?.data['reason']).toMatch(aside);
              expect(letters[0]?.data['body']).toBe(body);
            }
          }
        } finally {
          await served.stop();
        }
        expect(existsSync(bundle.folder)).toBe(true);
      },
      180_000,
    );

    it('F-24 a probe is answered by the bundle that was built', async () => {
      const probe = await store.get<Readonly<Record<string, unknown>>>('probes/probe-1');
      expect(probe?.['bundle']).toBe(bundles.get('nba-sweep')?.digest);
    });
  },
);

function runRequested(runId: string, table: string): string {
  return JSON.stringify({
    schemaVersion: 1,
    kind: 'run_requested',
    eventId: `requested:${runId}`,
    correlationId: 'c',
    causationId: null,
    runId,
    table,
    dates: [{ date: '2024-01-02', inputFingerprint: 'in' }],
    mode: 'live',
    backfillId: null,
    through: 'phase5',
  });
}

function fetchRequestedOf(fetchId: string): string {
  return JSON.stringify({
    schemaVersion: 1,
    kind: 'fetch_requested',
    eventId: `fetch:${fetchId}`,
    correlationId: 'c',
    causationId: null,
    ...{ fetchId, date: '2024-01-26', askId: null },
  });
}

function runCompleted(table: string): string {
  return JSON.stringify({
    schemaVersion: 1,
    kind: 'run_completed',
    eventId: 'completed:run-unknown:1',
    correlationId: 'c',
    causationId: null,
    runId: 'run-unknown',
    token: 1,
    table,
    mode: 'live',
    backfillId: null,
    through: 'phase5',
    dates: [
      {
        date: '2024-01-02',
        status: 'success',
        inputFingerprint: 'in',
        rows: 1,
        expectedRows: 1,
        games: 1,
        expectedGames: 1,
        readyRows: 1,
        syntheticRows: 0,
        outputFingerprint: 'out',
      },
    ],
  });
}
