/** Loads of raw tables from archived files, and what a process remembers between them. */
import { describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { csv, game, secondGame } from '../support/source-lines.ts';

const results = loadRegistry().get('nbac_game_results');
const dates = [gameDate('2023-10-24')];
const clock = () => new Date('2024-06-01T12:00:00Z');

/** A loader over the archived schedule of two games; `failing` are the reads of the archive that fail, from 1 on. */
async function loaderOf(failing: readonly number[]) {
  const store = memoryStore();
  const archive = memoryArchive();
  const { name, text } = csv('schedule_2023-24.csv', [game, secondGame]);
  await archiveFiles({ archive, store, clock }, [{ name, bytes: () => new TextEncoder().encode(text) }]);
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
