/** Documents, tables or an archive that are older than the rest are noticed by little looks; work that goes on meanwhile is no sign of it. */
import { describe, expect, it } from 'vitest';
import { olderStores } from '../../functions/control/older-stores.ts';
import { writeJournal } from '../../functions/control/journal.ts';
import { recover } from '../../functions/control/recover.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { transient } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { updateStates } from '../../shared/state/completions.ts';
import { DATES, SEASON } from '../support/toy-league.ts';
import { builtWorld, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const LAST = DATES.at(-1) as GameDate;
const built = async (): Promise<World> => makeWorld({ from: await builtWorld() });
const imported = async (): Promise<World> => makeWorld({ from: await importedWorld() });

/** Looks at the documents of one world, the tables of another, and an archive. */
const look = (
  documents: World,
  tables: Pick<World, 'warehouse'>,
  archive: Pick<ArchiveStore, 'read'> = documents.archive,
) =>
  olderStores({
    ...{ store: documents.store, registry: documents.registry, clock: documents.now, archive },
    warehouse: tables.warehouse,
  });
/** A copy of what the archive has beside its files, as it is now. */
async function copyOf(archive: ArchiveStore): Promise<ArchiveStore> {
  const { read, write, list } = memoryArchive();
  for (const path of await archive.list('journal'))
    await write(path, (await archive.read(path)) ?? new Uint8Array());
  return { ...archive, read, write, list };
}
const OLDER = (store: string) => [{ store, what: 'older' }];

describe('the stores of a deployment', () => {
  it('are of one age when documents and tables tell the same, before and after anything is built', async () => {
    const [before, after] = [await imported(), await built()];
    expect(await look(before, before)).toEqual([]);
    expect(await look(after, after)).toEqual([]);
    const empty = makeWorld();
    expect(await look(empty, empty)).toEqual([]);
  });

  it('are of one age after a rebuild that has changed nothing and so has written nothing', async () => {
    const world = await built();
    await world.request({ season: SEASON, force: true });
    await world.settle();
    expect(await look(world, world)).toEqual([]);
  });

  it('have older documents when tables have rows of which these know nothing, until they are recovered', async () => {
    const [documents, tables] = [await imported(), await built()];
    expect(await look(documents, tables)).toEqual(OLDER('documents'));
    const { store, archive, registry, now } = documents;
    const ports = { store, archive, registry, clock: now, warehouse: tables.warehouse };
    await recover({ ...ports, scratch: memoryStore() }, false);
    expect(await look(documents, tables)).toEqual([]);
  });

  it('have older tables when these lack what the documents say was written last, until they are recovered', async () => {
    const [documents, tables] = [await built(), await built()];
    for (const { definition } of documents.registry.all) tables.warehouse.truncate(definition.name, LAST, 1);
    expect(await look(documents, tables)).toEqual(OLDER('tables'));
    const { store, archive, registry, now } = documents;
    const ports = { store, archive, registry, clock: now, warehouse: tables.warehouse };
    await recover({ ...ports, scratch: memoryStore() }, false);
    expect(await look(documents, tables)).toEqual([]);
  });

  it('are of one age while a run changes a document between two looks', async () => {
    const [documents, tables] = [await imported(), await built()];
    const published: Warehouse['published'] = async (table, dates) => {
      const answer = await tables.warehouse.published(table, dates);
      await updateStates(documents.context.ports, table, dates, (state) => ({
        ...state,
        ...{ status: 'requested', runId: 'r', token: state.token + 1 },
      }));
      return answer;
    };
    expect(await look(documents, { warehouse: { ...tables.warehouse, published } })).toEqual([]);
  });

  it('have an older archive when its journal lacks the newest entry, until they are recovered or more is archived', async () => {
    const world = await built();
    const { archive, registry, now } = world;
    const ports = { ...world.context.ports, registry, archive, clock: now };
    const entry = { kind: 'origin', at: now().toISOString(), origin: { kind: 'files' } } as const;
    await writeJournal(ports, '2024-02-01T12:00:00.000Z-origin', entry);
    const copy = await copyOf(archive);
    await writeJournal(ports, '2024-02-02T12:00:00.000Z-origin', entry);
    expect(await look(world, world)).toEqual([]);
    expect(await look(world, world, copy)).toEqual(OLDER('archive'));

    const restored = { ...ports, archive: copy, warehouse: world.warehouse, scratch: memoryStore() };
    await recover(restored, true);
    expect(await look(world, world, copy)).toEqual(OLDER('archive'));
    await recover(restored, false);
    expect(await look(world, world, copy)).toEqual([]);
    await writeJournal({ ...ports, archive: copy }, '2024-02-03T12:00:00.000Z-origin', entry);
    expect(await look(world, world, copy)).toEqual([]);
  });

  it('are of one age, as far as anybody knows, while the archive does not answer', async () => {
    const world = await built();
    await writeJournal(world, 'a', {
      kind: 'origin',
      at: '2024-02-01T12:00:00.000Z',
      origin: { kind: 'files' },
    });
    const read = () => Promise.reject(new Error('no answer'));
    expect(await look(world, world, { read })).toEqual([]);
  });

  it('are of one age, as far as anybody knows, while tables do not answer', async () => {
    const [documents, tables] = [await imported(), await built()];
    const silent = () => Promise.resolve(transient('warehouse_unavailable', 'no answer'));
    expect(
      await look(documents, { warehouse: { ...tables.warehouse, published: silent, rowCounts: silent } }),
    ).toEqual([]);
  });
});
