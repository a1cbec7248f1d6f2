/** Kills and outages in the middle of a backfill, with real processes and real clients: it finishes, nothing lost or doubled. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFiles } from '../../scripts/cli/load.ts';
import { startLocalCloud, type LocalCloud } from '../../scripts/cli/serve-emulator.ts';
import { publishRequest } from '../../scripts/cli/watch.ts';
import { readConfig } from '../../shared/config.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topics.ts';
import type { Season } from '../../shared/domain/season.ts';
import { simulateLeague } from '../../shared/simulate/league.ts';
import { paths, type BackfillDocument } from '../../shared/state/documents.ts';
import type { SourceFile } from '../../functions/handlers/archive-files.ts';
import { atHome, backfill, importFiles, newFolder, removeFolders } from '../real/homes.ts';
import { canRun, computedRows, doneTwice, partitionsOf, type Comparable } from './local.ts';

const SEASONS = ['2021-22', '2022-23', '2023-24'] as const satisfies readonly string[];
const LIMIT_MS = 900_000;
/** Longest time a backfill may take that something was done to. */
const END_MS = 600_000;

afterAll(removeFolders);

describe.skipIf(!canRun('kills and outages on the emulator target'))(
  'a backfill in the middle of which',
  () => {
    let cloud: LocalCloud;
    let sweeps: NodeJS.Timeout;
    const said: string[] = [];
    let embedded: {
      partitions: Record<string, Comparable>;
      rows: Record<string, Record<string, readonly string[]>>;
    };

    beforeAll(async () => {
      const files = league();
      const home = newFolder();
      embedded = await atHome(newFolder(), async (at) => {
        for (const season of SEASONS) {
          await importFiles(at, files, season);
          expect((await backfill(at, { season, through: 'phase4' })).state).toBe('done');
        }
        const { warehouse } = at.plant.app.ports;
        const rows: (typeof embedded)['rows'] = {};
        for (const season of SEASONS)
          rows[season] = await computedRows(at.desk, warehouse, (date) => inSeason(date, season));
        return { partitions: await partitionsOf(at.desk), rows };
      });
      const env = {
        ...process.env,
        FULLCOURT_TARGET: 'emulator',
        FULLCOURT_HOME: home,
        FULLCOURT_LEASE_SECONDS: '20',
        FULLCOURT_TELL_AGAIN_SECONDS: '40',
      };
      cloud = await startLocalCloud(readConfig(env), {
        processes: 'each',
        env,
        say: (text) => said.push(text),
      });
      sweeps = setInterval(() => {
        void cloud.desk.publisher.publish(SWEEP_TOPIC, '{}').catch(() => undefined);
      }, 5000);
      const loaded = await loadFiles(cloud.desk, undefined, files, undefined, true);
      expect(loaded.failed).toEqual([]);
    }, LIMIT_MS);

    afterAll(async () => {
      clearInterval(sweeps);
      await cloud.stop();
    });

    /** Publishes a backfill of the season, waits until `share` of it is done, does `harm`, and waits for its end. */
    async function during(
      season: Season,
      share: number,
      harm: () => Promise<void>,
    ): Promise<BackfillDocument> {
      const { id } = await publishRequest(cloud.desk, { season, through: 'phase4' });
      const started = Date.now();
      let isDone = false;
      for (;;) {
        // The store may be away for a while; whoever watches does not give up.
        const document = await cloud.desk.store
          .get<BackfillDocument>(paths.backfill(id))
          .catch(() => undefined);
        const planned = document?.progress.reduce((sum, each) => sum + each.planned, 0) ?? 0;
        const done = document?.progress.reduce((sum, each) => sum + each.done, 0) ?? 0;
        if (!isDone && planned > 0 && done >= share * planned) {
          isDone = true;
          expect(done, 'it was over before anything happened').toBeLessThan(planned);
          await harm();
        }
        if (document?.finishedAt != null) {
          expect(isDone).toBe(true);
          console.log(`${season}: ${(Date.now() - started) / 1000} s`);
          return document;
        }
        if (Date.now() - started > END_MS)
          throw new Error(`It does not end: ${JSON.stringify(document)}; ${said.join('; ')}`);
        await sleep(100);
      }
    }

    async function expectWhole(
      season: Season,
      document: BackfillDocument,
      mayBuildAgain = false,
    ): Promise<void> {
      expect(document).toMatchObject({ state: 'done', verdict: 'every planned partition is built' });
      expect(await cloud.desk.store.list('dead_letters')).toEqual([]);
      // Where announcements were lost, what they told of is built again; everywhere else once is enough.
      if (!mayBuildAgain) expect(await doneTwice(cloud.desk, document.id)).toEqual([]);
      const dates = (name: string): boolean => inSeason(name.split('@')[1] ?? '', season);
      const partitions = await partitionsOf(cloud.desk);
      expect(pick(partitions, dates)).toEqual(pick(embedded.partitions, dates));
      const rows = await cloud.desk.withWarehouse('test', (warehouse) =>
        computedRows(cloud.desk, warehouse, (date) => inSeason(date, season)),
      );
      expect(rows).toEqual(embedded.rows[season]);
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
        const document = await during('2021-22', 0.2, () =>
          killFunctions('nba-phase3-backfill', 'nba-orchestrate', 'nba-phase4-backfill', 'nba-orchestrate'),
        );
        expect(said.filter((text) => text.includes('died (SIGKILL)')).length).toBeGreaterThanOrEqual(4);
        await expectWhole('2021-22', document);
      },
      LIMIT_MS,
    );

    it(
      'the Pub/Sub emulator is killed and every message with it',
      async () => {
        const document = await during('2022-23', 0.2, () => cloud.emulators().pubsub.kill());
        expect(said.filter((text) => text.includes('Pub/Sub emulator died'))).toHaveLength(1);
        await expectWhole('2022-23', document, true);
      },
      LIMIT_MS,
    );

    it(
      'Firestore does not answer for 30 seconds',
      async () => {
        const document = await during('2023-24', 0.2, async () => {
          const { pid } = cloud.emulators().firestore;
          if (pid === undefined) throw new Error('the emulator is not ours');
          process.kill(pid, 'SIGSTOP');
          await sleep(30_000);
          process.kill(pid, 'SIGCONT');
        });
        await expectWhole('2023-24', document);
      },
      LIMIT_MS,
    );
  },
);

/** Files without which tables are missing; the others are read where they are there. */
const NEEDED = /^(schedule|player_box|team_box|shots)_/;

function league(): SourceFile[] {
  const files: SourceFile[] = [];
  for (const season of simulateLeague({
    seasons: 3,
    seed: 3,
    firstSeason: 2021,
    teams: 6,
    gamesPerTeam: 30,
  })) {
    for (const { name, text } of season.files.filter((file) => NEEDED.test(file.name))) {
      const bytes = new TextEncoder().encode(text);
      files.push({ name, bytes: () => bytes });
    }
  }
  return files;
}

function inSeason(date: string, season: string): boolean {
  const first = Number(season.slice(0, 4));
  return date >= `${first}-09-01` && date < `${first + 1}-09-01`;
}

function pick<T>(all: Readonly<Record<string, T>>, accepts: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => accepts(name)));
}
