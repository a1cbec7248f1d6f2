/**
 * Kills and outages in the middle of a backfill, with real processes and real clients: it finishes, nothing lost or doubled.
 * The emulators are not those of the run: Pub/Sub is killed and Firestore is frozen, which would break the files beside this
 * one, and an emulator that was not started here is not started again. The tables, to which nothing happens, are on the server of
 * the tests; with the whole proof on bqemulator, which computes on one core and is shared with nobody.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFiles } from '../../functions/control/imports.ts';
import { startLocalCloud, type LocalCloud } from '../../scripts/cli/serve-emulator.ts';
import { publishRequest } from '../../functions/control/watch.ts';
import { readConfig } from '../../shared/config.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { paths } from '../../shared/state/documents.ts';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { startBigQueryServer, type BigQueryServer } from '../support/bigquery-server/index.ts';
import { proof } from '../support/proof.ts';
import { isTurn } from '../support/turns.ts';
import { ownProject } from '../support/run-emulators.ts';
import { atHome, backfill, importFiles, newFolder, removeFolders } from '../support/homes.ts';
import { canRun, computedRows, doneTwice, partitionsOf, type Comparable } from '../support/local-cloud.ts';

const SEASON = '2021-22';
/** One after the other, each with something that happens in its middle; later ones read what earlier ones built. The gate holds one of the last two. */
const PARTS = {
  killed: { startDate: '2021-10-19', endDate: '2021-11-06', through: 'phase4' },
  silenced: { startDate: '2021-11-07', endDate: '2021-11-16', through: 'phase3' },
  frozen: { startDate: '2021-11-17', endDate: '2021-11-27', through: 'phase3' },
} as const;
/** The emulators whose outages take turns. */
const OUTAGES = 'outages of an emulator';
type Part = (typeof PARTS)[keyof typeof PARTS];
const LIMIT_MS = 900_000;
/** Longest time a backfill may take that something was done to. */
const END_MS = 600_000;

afterAll(removeFolders);

describe.skipIf(!canRun('kills and outages on the emulator target'))(
  'a backfill in the middle of which',
  () => {
    let cloud: LocalCloud;
    let tables: BigQueryServer | undefined;
    let sweeps: NodeJS.Timeout;
    const said: string[] = [];
    let embedded: {
      partitions: Record<string, Comparable>;
      rows: Map<Part, Record<string, readonly string[]>>;
    };

    beforeAll(async () => {
      const files = league();
      const home = newFolder();
      embedded = await atHome(newFolder(), async (at) => {
        await importFiles(at, files, SEASON);
        const rows: (typeof embedded)['rows'] = new Map();
        const { warehouse } = at.worker.context.ports;
        for (const part of Object.values(PARTS)) {
          expect((await backfill(at, part)).state).toBe('done');
          rows.set(part, await computedRows(at.client, warehouse, (date) => isIn(part, date)));
        }
        return { partitions: await partitionsOf(at.client), rows };
      });
      const project = ownProject('chaos');
      tables = proof === 'all' ? undefined : await startBigQueryServer({ project });
      const env = {
        ...process.env,
        FULLCOURT_TARGET: 'emulator',
        FULLCOURT_HOME: home,
        FULLCOURT_LEASE_SECONDS: '20',
        FULLCOURT_TELL_AGAIN_SECONDS: '40',
        ...(tables === undefined ? {} : { FULLCOURT_PROJECT: project, FULLCOURT_BIGQUERY_HOST: tables.host }),
      };
      cloud = await startLocalCloud(readConfig(env), {
        processes: 'each',
        env,
        say: (text) => said.push(text),
      });
      sweeps = setInterval(() => {
        void cloud.client.publisher.publish(SWEEP_TOPIC, '{}').catch(() => undefined);
      }, 5000);
      const loaded = await loadFiles(cloud.client, files);
      expect(loaded.failed).toEqual([]);
    }, LIMIT_MS);

    afterAll(async () => {
      clearInterval(sweeps);
      await cloud.stop();
      await tables?.stop();
    });

    /** Publishes a backfill of the part, waits until `share` of it is done, does `harm`, and waits for its end. */
    async function during(part: Part, share: number, harm: () => Promise<void>): Promise<Backfill> {
      const { id } = await publishRequest(cloud.client, part as BackfillRequest);
      const started = Date.now();
      let isDone = false;
      for (;;) {
        // The store may be away for a while; whoever watches does not give up.
        const document = await cloud.client.store.get<Backfill>(paths.backfill(id)).catch(() => undefined);
        const planned = document?.progress.reduce((sum, each) => sum + each.planned, 0) ?? 0;
        const done = document?.progress.reduce((sum, each) => sum + each.done, 0) ?? 0;
        if (!isDone && planned > 0 && done >= share * planned) {
          isDone = true;
          expect(done, 'it was over before anything happened').toBeLessThan(planned);
          await harm();
        }
        if (document?.finishedAt != null) {
          expect(isDone).toBe(true);
          console.log(`backfill from ${part.startDate}: ${(Date.now() - started) / 1000} s`);
          return document;
        }
        if (Date.now() - started > END_MS)
          throw new Error(`It does not end: ${JSON.stringify(document)}; ${said.join('; ')}`);
        await sleep(100);
      }
    }

    async function expectWhole(part: Part, document: Backfill, mayBuildAgain = false): Promise<void> {
      expect(document).toMatchObject({ state: 'done', verdict: 'every planned partition is built' });
      expect(await cloud.client.store.list('dead_letters')).toEqual([]);
      // Where announcements were lost, what they told of is built again; everywhere else once is enough.
      if (!mayBuildAgain) expect(await doneTwice(cloud.client, document.id)).toEqual([]);
      const dates = (name: string): boolean => isIn(part, name.split('@')[1] ?? '');
      const partitions = await partitionsOf(cloud.client);
      expect(pick(partitions, dates)).toEqual(pick(embedded.partitions, dates));
      const rows = await cloud.client.withWarehouse('test', (warehouse) =>
        computedRows(cloud.client, warehouse, (date) => isIn(part, date)),
      );
      expect(rows).toEqual(embedded.rows.get(part));
    }

    const killFunctions = async (...names: readonly string[]): Promise<void> => {
      for (const name of names) {
        const pid = cloud.functions.processes.find(({ services }) => services.includes(name))?.pid();
        if (pid === undefined) throw new Error(`${name} does not run`);
        process.kill(pid, 'SIGKILL');
        await sleep(700);
      }
    };

    it(
      'functions are killed, those that compute and the one that decides',
      async () => {
        const document = await during(PARTS.killed, 0.2, () =>
          killFunctions('nba-phase3-backfill', 'nba-orchestrate', 'nba-phase4-backfill', 'nba-orchestrate'),
        );
        expect(said.filter((text) => text.includes('died (SIGKILL)')).length).toBeGreaterThanOrEqual(4);
        await expectWhole(PARTS.killed, document);
      },
      LIMIT_MS,
    );

    it.runIf(isTurn(OUTAGES, 0, 2))(
      'the Pub/Sub emulator is killed and every message with it',
      async () => {
        const document = await during(PARTS.silenced, 0.2, () => cloud.emulators().pubsub.kill());
        expect(said.filter((text) => text.includes('Pub/Sub emulator died'))).toHaveLength(1);
        await expectWhole(PARTS.silenced, document, true);
      },
      LIMIT_MS,
    );

    it.runIf(isTurn(OUTAGES, 1, 2))(
      'Firestore does not answer for 30 seconds',
      async () => {
        const document = await during(PARTS.frozen, 0.2, async () => {
          const { pid } = cloud.emulators().firestore;
          if (pid === undefined) throw new Error('the emulator is not ours');
          process.kill(pid, 'SIGSTOP');
          await sleep(30_000);
          process.kill(pid, 'SIGCONT');
        });
        await expectWhole(PARTS.frozen, document);
      },
      LIMIT_MS,
    );
  },
);

/** Files without which tables are missing; the others are read where they are there. */
const NEEDED = /^(schedule|player_box|team_box)_/;

function league(): SourceFile[] {
  const files: SourceFile[] = [];
  for (const season of simulateLeague({
    seasons: 1,
    seed: 3,
    firstSeason: 2021,
    teams: 4,
    gamesPerTeam: 20,
  })) {
    for (const { name, text } of season.files.filter((file) => NEEDED.test(file.name))) {
      const bytes = new TextEncoder().encode(text);
      files.push({ name, bytes: () => bytes });
    }
  }
  return files;
}

function isIn({ startDate, endDate }: Part, date: string): boolean {
  return date >= startDate && date <= endDate;
}

function pick<T>(all: Readonly<Record<string, T>>, accepts: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => accepts(name)));
}
