/** Loads of raw tables from archived files, and what a process remembers between them. */
import { describe, expect, it } from 'vitest';
import { archiveFiles, type SourceFile } from '../../functions/control/archive-files.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import type { Archive } from '../../shared/domain/archive.ts';
import { paths } from '../../shared/state/documents.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { csv, game, secondGame } from '../support/source-lines.ts';
import { sourceFile } from '../support/source-file.ts';

const results = loadRegistry().get('nbac_game_results');
const dates = [gameDate('2023-10-24')];
const clock = () => new Date('2024-06-01T12:00:00Z');

/** A loader over the archived schedule of two games; `failing` are the reads of the archive that fail, from 1 on. */
async function loaderOf(failing: readonly number[]) {
  const store = memoryStore();
  const archive = memoryArchive();
  const { name, text } = csv('schedule_2023-24.csv', [game, secondGame]);
  await archiveFiles({ archive, store, clock }, [sourceFile(name, text)]);
  let reads = 0;
  const watched: ArchiveStore = {
    ...archive,
    read: (path) => {
      reads += 1;
      return failing.includes(reads)
        ? Promise.reject(new Error('the archive does not answer'))
        : archive.read(path);
    },
  };
  const load = archivedLoader({
    store,
    archive: watched,
    publisher: { publish: () => Promise.resolve('m1') },
    clock,
    log: () => undefined,
  });
  return { load: () => load(results, dates), reads: () => reads };
}

describe('a load of game results, which must know the schedule', () => {
  it('reads the schedule once for the same archived files', async () => {
    const { load, reads } = await loaderOf([]);
    expect(await load()).toMatchObject({ ok: true, value: { rows: { length: 2 } } });
    expect(reads()).toBe(1);
    expect(await load()).toMatchObject({ ok: true, value: { rows: { length: 2 } } });
    expect(reads()).toBe(2);
  });

  it('reads the schedule again after a read of the archive has failed', async () => {
    const { load } = await loaderOf([1]);
    await expect(load()).rejects.toThrow('the archive does not answer');
    expect(await load()).toMatchObject({ ok: true, value: { rows: { length: 2 } } });
  });

  it('fails with every load that waited for the same read, and with no later one', async () => {
    const { load } = await loaderOf([1]);
    const together = await Promise.allSettled([load(), load()]);
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await load()).toMatchObject({ ok: true, value: { rows: { length: 2 } } });
  });
});

it('an archive of an earlier version, whose entries had a number of their import, is read and added to', async () => {
  const ports = { store: memoryStore(), archive: memoryArchive(), clock };
  const fileOf = (arena: string): SourceFile => {
    const { name, text } = csv('schedule_2023-24.csv', [{ ...game, arena }, secondGame]);
    return sourceFile(name, text);
  };
  await archiveFiles(ports, [fileOf('Old Arena')]);
  const path = paths.archive('nbac_schedule', '2023-24');
  await ports.store.transaction(async (tx) => {
    const { entries = {}, ...archive } = (await tx.get<Archive>(path)) ?? {};
    const numbered = Object.entries(entries).map(([key, entry]) => [key, { ...entry, sequence: 1 }]);
    tx.set(path, { ...archive, entries: Object.fromEntries(numbered) as Archive['entries'] });
  });
  const load = archivedLoader({
    ...ports,
    publisher: { publish: () => Promise.resolve('m1') },
    log: () => undefined,
  });
  const arenas = async (): Promise<unknown> => {
    const loaded = await load(loadRegistry().get('nbac_schedule'), dates);
    return loaded.ok && loaded.value.rows.map((row) => row['arena']);
  };
  expect(await arenas()).toEqual(['Old Arena', 'Ball Arena']);
  await archiveFiles(ports, [fileOf('New Arena')]);
  expect(await arenas()).toEqual(['New Arena', 'Ball Arena']);
});
