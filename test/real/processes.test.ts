import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backfill } from '../../shared/state/backfills.ts';
import { paths, type RunDocument } from '../../shared/state/documents.ts';
import { drawnOf } from '../support/draw.ts';
import { proof } from '../support/proof.ts';
import { cliProcessJson, startCli } from '../support/run-cli.ts';
import {
  atHome,
  builtHome,
  contents,
  copyOf,
  haveSeasons,
  newFolder,
  rawHome,
  removeFolders,
  untrue,
  type Home,
} from '../support/homes.ts';
import { realPart } from '../support/real-part.ts';

// Real seasons on a busy machine.

const SEASON = '2023-24';
const START = '2023-10-24';
const END = '2024-02-10';
const BACKFILL = ['backfill', '--start', START, '--end', END, '--through', 'phase4'] as const;
const inRange = (name: string): boolean => name.slice(-10) >= START && name.slice(-10) <= END;

/** What happens to backfills: one of the three by the draw, with the whole proof all. */
const ENCOUNTERS = drawnOf(['killed', 'watching', 'sharing'], proof === 'all' ? 3 : 1, 'processes');

interface Outcome {
  readonly backfillId: string;
  readonly state: string;
  readonly dates: {
    readonly asked: number;
    readonly built: number;
    readonly failed: number;
    readonly leftOut: number;
  };
  readonly runs: number;
}

afterAll(removeFolders);

describe.skipIf(!haveSeasons('processes that die or meet, on a real season'))('processes on one home', () => {
  let raw: string;
  let undisturbed: Record<string, string | null>;

  beforeAll(async () => {
    const { folder } = await builtHome(SEASON);
    raw = await rawHome(SEASON);
    undisturbed = await atHome(copyOf(folder), ({ client }) => contents(client, inRange));
  });

  /** Everything is built, as if nothing had happened, and no trace of the accident is left. */
  const expectWhole = async (home: Home): Promise<void> => {
    expect(await contents(home.client, inRange)).toEqual(undisturbed);
    expect(await untrue(home)).toEqual([]);
    const backfills = (await home.client.store.list('backfills')).map(
      ({ data }) => data as unknown as Backfill,
    );
    expect(backfills.map(({ state }) => state)).toEqual(backfills.map(() => 'done'));
    const runs = (await home.client.store.list('runs')).map(({ data }) => data as unknown as RunDocument);
    expect(runs.filter(({ state }) => state !== 'settled')).toEqual([]);
    expect(await home.client.store.count('outbox')).toBe(0);
    expect(await home.client.store.count('dead_letters')).toBe(0);
    expect([...home.client.bus.backlog().values()].reduce((sum, n) => sum + n, 0)).toBe(0);
  };

  it.skipIf(!ENCOUNTERS.includes('killed'))(
    'a backfill that is killed twice is carried on by the next commands and ends as if undisturbed',
    async () => {
      const home = copyOf(raw);
      const first = startCli(home, ...BACKFILL);
      await first.says(/backfill: [1-9]\d* of/);
      expect((await first.kill()).code).toBeNull();

      // The second one dies in its first second, while it picks up what was left.
      const second = startCli(home, ...BACKFILL);
      await second.says(/backfill: \d+ of/);
      await sleep(300);
      await second.kill();

      const { code, document } = await cliProcessJson<Outcome>(home, ...BACKFILL);
      expect(code).toBe(0);
      expect(document.state).toBe('done');
      await atHome(home, expectWhole);
    },
  );

  it.skipIf(!ENCOUNTERS.includes('watching'))(
    'a second backfill watches while the first works, takes over when it is killed, and both end',
    async () => {
      const home = copyOf(raw);
      const worker = startCli(home, ...BACKFILL);
      await worker.says(/backfill: [1-9]\d* of/);
      const watcher = startCli(home, ...BACKFILL, '--json');
      await watcher.says(/backfill: \d+ of/);

      const query = await cliProcessJson<{ rows: { n: number }[] }>(
        home,
        'query',
        'SELECT COUNT(*) AS n FROM nba_raw.nbac_schedule',
      );
      expect(query.code).toBe(0);
      expect(query.document.rows[0]?.n).toBeGreaterThan(0);
      const status = await cliProcessJson<{ phases: Record<string, unknown> }>(
        home,
        'status',
        '--date',
        '2023-11-10',
      );
      expect(status.code).toBe(0);
      expect(Object.keys(status.document.phases)).toContain('phase2');

      await worker.kill();
      const { code, stdout } = await watcher.ended;
      expect({ code, ...(JSON.parse(stdout) as Outcome) }).toMatchObject({ code: 0, state: 'done' });
      await atHome(home, expectWhole);
    },
  );

  it.skipIf(!ENCOUNTERS.includes('sharing'))(
    'two backfills of the same range at once share the work and both end',
    async () => {
      const home = copyOf(raw);
      const [one, other] = await Promise.all([
        cliProcessJson<Outcome>(home, ...BACKFILL),
        cliProcessJson<Outcome>(home, ...BACKFILL),
      ]);
      expect([one.code, other.code], `${one.stderr}\n${other.stderr}`).toEqual([0, 0]);
      expect([one.document.state, other.document.state]).toEqual(['done', 'done']);
      expect(one.document.backfillId).not.toBe(other.document.backfillId);
      await atHome(home, async (opened) => {
        await expectWhole(opened);
        const runs = (await opened.client.store.list('runs'))
          .map(({ data }) => data as unknown as RunDocument)
          .filter(({ phase }) => phase !== 'phase2');
        const built = runs.flatMap((run) => run.dates.map(({ date }) => `${run.table}@${date}`));
        expect(built).toHaveLength(new Set(built).size);
        const documents = await opened.client.store.getAll<Backfill>(
          [one, other].map(({ document }) => paths.backfill(document.backfillId)),
        );
        expect(documents.map((document) => document?.verdict)).toEqual([
          'every planned partition is built',
          'every planned partition is built',
        ]);
      });
    },
  );

  it('an import that is killed is carried on by the next one', async () => {
    const part = realPart('2021-22');
    const clean = await rawHome(part);
    const [home, folder] = [newFolder(), newFolder()];
    for (const { name, bytes } of part.files) writeFileSync(join(folder, name), bytes());
    const args = ['import', '--from', folder, '--season', part.season] as const;
    const killed = startCli(home, ...args);
    await killed.says(/2 raw tables/);
    await sleep(400);
    await killed.kill();
    const { code, document } = await cliProcessJson<{ rows: Record<string, number>; failed: string[] }>(
      home,
      ...args,
    );
    expect({ code, failed: document.failed }).toEqual({ code: 0, failed: [] });
    expect(document.rows['nbac_player_boxscores']).toBeGreaterThan(1000);
    const fingerprints = (folder: string) =>
      atHome(folder, async ({ client }) => {
        const found: Record<string, unknown> = {};
        for (const { data } of await client.store.list('phase2_completion')) {
          for (const [table, state] of Object.entries(
            data['tables'] as Record<string, { outputFingerprint: string; status: string }>,
          )) {
            found[`${table}@${String(data['date'])}`] = [state.status, state.outputFingerprint];
          }
        }
        return found;
      });
    expect(await fingerprints(home)).toEqual(await fingerprints(copyOf(clean)));
  });
});
