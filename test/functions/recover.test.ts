/** What a recovery takes from the journal, from documents and from tables, and which of two decisions it keeps. */
import { beforeEach, describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { lostStores } from '../../functions/control/lost-stores.ts';
import { readJournal, writeJournal, type JournalEntry } from '../../functions/control/journal.ts';
import { journalAgain } from '../../functions/control/recover-archive.ts';
import { replayJournal } from '../../functions/control/recover-journal.ts';
import { recover } from '../../functions/control/recover.ts';
import { TABLE_GONE } from '../../functions/control/count-rows.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { memoryArchive, type MemoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore, type MemoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { FileLostError, permanent, transient, type Result } from '../../shared/domain/failure.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { AliasChange } from '../../shared/domain/models.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { rememberAcceptance, storedAcceptances } from '../../shared/state/acceptances.ts';
import { archiveOf } from '../../shared/state/archives.ts';
import { giveAlias, knownAliases } from '../../shared/state/aliases.ts';
import type { PlayersDocument } from '../../shared/state/identity-documents.ts';
import { keepPersons, personsBySeason } from '../../shared/state/players.ts';
import { aliasHistory, changeAlias, keepModel, knownModels } from '../../shared/state/models.ts';
import { restoreDocuments } from '../../shared/state/recovered.ts';
import { giveScope, scopeOfSeason } from '../../shared/state/scopes.ts';
import { modelNamed } from '../support/model-documents.ts';
import { builtWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const SEASON = '2023-24';
const DATE = gameDate('2023-10-24');
const TABLE = 'nbac_player_boxscores';
const [EARLY, LATE] = ['2024-01-01T12:00:00.000Z', '2024-02-01T12:00:00.000Z'];
const registry = loadRegistry();

let store: MemoryStore;
let archive: MemoryArchive;
beforeEach(() => {
  store = memoryStore();
  archive = memoryArchive();
});

const portsAt = (at: string) => ({ store, clock: () => new Date(at) });
const clock = () => new Date('2024-06-01T12:00:00Z');
const tell = (at: string, entry: JournalEntry): Promise<void> =>
  writeJournal({ archive, store }, `${at}-${entry.kind}`, entry);

/** What `recover` does with the journal and the documents. @returns how many decisions the journal lacked */
async function mend(): Promise<number> {
  const scratch = memoryStore();
  const { absences } = await replayJournal({ archive, registry }, scratch);
  await restoreDocuments({ store }, scratch, false);
  return journalAgain({ store, archive, clock }, scratch, absences, false);
}

/** The documents as the journal alone makes them. */
async function fromJournal(): Promise<MemoryStore> {
  const scratch = memoryStore();
  await replayJournal({ archive, registry }, scratch);
  return scratch;
}

describe('a file of the journal', () => {
  const file = {
    name: 'schedule_2023-24.csv',
    bytes: () =>
      new TextEncoder().encode(
        'game_id,game_date,season,season_type,home_team,visitor_team,home_pts,visitor_pts,neutral_site,tipoff_et,arena,arena_city\n0022300061,2023-10-24,2023-24,regular,DEN,LAL,119,107,,,,\n',
      ),
  };
  const replay = (get: MemoryArchive['get']) =>
    replayJournal({ archive: { ...archive, get }, registry }, memoryStore());
  beforeEach(() => archiveFiles({ ...portsAt(EARLY), archive }, [file]));

  it('was learned when it was, however much later its import was written down', async () => {
    const learnedAt = '2022-09-30T16:00:00.000Z';
    const ports = { store: memoryStore(), archive: memoryArchive(), clock: () => new Date(EARLY) };
    await archiveFiles(ports, [file], { learnedAt });
    const told = async (from: MemoryStore): Promise<string[]> => {
      const found = await archiveOf({ store: from }, 'nbac_schedule', SEASON);
      return Object.values(found?.entries ?? {}).map((entry) => `${entry.observedKind} ${entry.observedAt}`);
    };
    expect(await told(ports.store)).toEqual([`assumed ${learnedAt}`]);
    const again = memoryStore();
    await replayJournal({ archive: ports.archive, registry }, again);
    expect(await told(again)).toEqual([`assumed ${learnedAt}`]);
  });

  it('is lost when the archive says that it has none, or other bytes', async () => {
    const missing = await replay(() => Promise.reject(new FileLostError('missing', 'gone')));
    expect(missing.lost).toEqual([{ name: file.name, why: 'it is not in the archive' }]);
    const damaged = await replay(() => Promise.reject(new FileLostError('damaged', 'changed')));
    expect(damaged.lost).toEqual([
      { name: file.name, why: 'the archive holds other bytes than were imported' },
    ]);
  });

  it('is not lost when the archive does not answer: the recovery ends with that error', async () => {
    const error = new Error('storage_503: no answer');
    await expect(replay(() => Promise.reject(error))).rejects.toThrow(error);
    expect((await replay(archive.get)).lost).toEqual([]);
  });
});

describe('persons that are told twice', () => {
  const told = (teams: Record<string, string[]>): PlayersDocument => ({
    season: SEASON,
    players: { 7: { lookup: 'some_body', name: 'Some Body' } },
    teams,
  });

  it('have the teams of both', async () => {
    await keepPersons({ store }, [told({ 7: ['BOS'], 8: ['LAL'] })]);
    await keepPersons({ store }, [told({ 7: ['DEN', 'BOS'], 9: ['MIA'] })]);
    const [document] = await personsBySeason({ store });
    expect(document?.teams).toEqual({ 7: ['BOS', 'DEN'], 8: ['LAL'], 9: ['MIA'] });
  });

  it('are told again when the journal lacks one of their teams', async () => {
    await tell(EARLY, { kind: 'persons', at: EARLY, seasons: [told({ 7: ['BOS'] })] });
    await keepPersons({ store }, [told({ 7: ['DEN'] })]);
    expect(await mend()).toBe(1);
    expect(await mend()).toBe(0);
    const [document] = await personsBySeason({ store: await fromJournal() });
    expect(document?.teams).toEqual({ 7: ['BOS', 'DEN'] });
  });
});

describe('models', () => {
  const promoted = (modelId: string, at: string): AliasChange => ({
    ...{ modelId, at, by: 'ann', reason: 'better', kind: 'promoted', gate: [] },
  });

  it('and who served come back from the journal', async () => {
    await tell(EARLY, { kind: 'model', at: EARLY, model: modelNamed('lad-1') });
    const change = promoted('lad-1', LATE);
    await tell(LATE, { kind: 'model_alias', at: LATE, alias: 'champion', change });
    expect(await mend()).toBe(0);
    expect(await knownModels({ store })).toEqual([modelNamed('lad-1')]);
    expect(await aliasHistory({ store }, 'champion')).toEqual([change]);
  });

  it('and who served are written into a journal that has lost them, and change nothing a second time', async () => {
    await keepModel({ store }, modelNamed('lad-1'));
    await keepModel({ store }, modelNamed('lad-2'));
    for (const [id, at] of [['lad-1', EARLY] as const, ['lad-2', LATE] as const])
      await changeAlias({ store }, 'champion', promoted(id, at));
    expect(await mend()).toBe(4);
    expect(await mend()).toBe(0);
    const again = await fromJournal();
    expect(await knownModels({ store: again })).toEqual([modelNamed('lad-1'), modelNamed('lad-2')]);
    expect((await aliasHistory({ store: again }, 'champion')).map(({ modelId }) => modelId)).toEqual([
      'lad-1',
      'lad-2',
    ]);
  });

  it('keep what each store alone knows of an alias', async () => {
    await changeAlias({ store }, 'champion', promoted('lad-2', LATE));
    const earlier = promoted('lad-1', EARLY);
    await tell(EARLY, { kind: 'model_alias', at: EARLY, alias: 'champion', change: earlier });
    expect(await mend()).toBe(1);
    expect((await aliasHistory({ store }, 'champion')).map(({ modelId }) => modelId)).toEqual([
      'lad-1',
      'lad-2',
    ]);
  });
});

describe('of two decisions about the same thing the later one stays, wherever it is told', () => {
  const aliasOf = (id: number) => ({ name: 'Some Body', id, team: null, season: null });
  const told = (id: number): JournalEntry => ({ kind: 'alias', ...aliasOf(id) });

  it.each([
    { what: 'the documents', inJournal: EARLY, inDocuments: LATE, lacked: 1, stays: 2 },
    { what: 'the journal', inJournal: LATE, inDocuments: EARLY, lacked: 0, stays: 1 },
  ])('an alias: $what', async ({ inJournal, inDocuments, lacked, stays }) => {
    await tell(inJournal, told(1));
    await giveAlias(portsAt(inDocuments), { ...aliasOf(2), name: 'some body' });
    expect(await mend()).toBe(lacked);
    expect(await mend()).toBe(0);
    for (const place of [store, await fromJournal()])
      expect((await knownAliases({ store: place })).map(({ id }) => id)).toEqual([stays]);
  });

  it('an alias of another name is kept beside a later one', async () => {
    await tell(LATE, told(1));
    await giveAlias(portsAt(EARLY), { ...aliasOf(2), name: 'Another' });
    expect(await mend()).toBe(1);
    for (const place of [store, await fromJournal()])
      expect((await knownAliases({ store: place })).map(({ id }) => id)).toEqual([2, 1]);
  });

  it.each([
    { what: 'the documents', inJournal: EARLY, inDocuments: LATE, lacked: 1, stays: 'documents.json' },
    { what: 'the journal', inJournal: LATE, inDocuments: EARLY, lacked: 0, stays: 'journal.json' },
  ])('a scope: $what', async ({ inJournal, inDocuments, lacked, stays }) => {
    const meant = { seasonTypes: ['regular'] } as const;
    await tell(inJournal, {
      ...{ kind: 'scope', at: inJournal, file: 'journal.json', by: null },
      seasons: [{ season: SEASON, meant: { seasonTypes: ['playoffs'] }, tables: {} }],
    });
    await giveScope(
      { store },
      { season: SEASON, meant, tables: {}, file: 'documents.json', by: null, at: inDocuments },
    );
    await store.transaction((tx) => {
      tx.set(`calendars/${SEASON}`, { season: SEASON });
      return Promise.resolve();
    });
    expect(await mend()).toBe(lacked);
    expect(await mend()).toBe(0);
    for (const place of [store, await fromJournal()])
      expect((await scopeOfSeason({ store: place }, SEASON))?.file).toBe(stays);
  });

  it('a scope that says the same is not written again', async () => {
    const meant = { seasonTypes: ['regular' as const] };
    await tell(EARLY, {
      ...{ kind: 'scope', at: EARLY, file: 'journal.json', by: null },
      seasons: [{ season: SEASON, meant, tables: {} }],
    });
    await giveScope({ store }, { season: SEASON, meant, tables: {}, file: 'a.json', by: null, at: LATE });
    expect(await mend()).toBe(0);
  });

  it.each([
    { what: 'the documents', inJournal: EARLY, inDocuments: LATE, lacked: 1, stays: 'in documents' },
    { what: 'the journal', inJournal: LATE, inDocuments: EARLY, lacked: 0, stays: 'in the journal' },
  ])('an acceptance: $what', async ({ inJournal, inDocuments, lacked, stays }) => {
    const given = { table: TABLE, dates: [DATE], by: null };
    await tell(inJournal, {
      ...{ kind: 'accept', at: inJournal, ...given, dates: [DATE], reason: 'in the journal' },
      whole: false,
    });
    await rememberAcceptance(portsAt(inDocuments), { ...given, reason: 'in documents' });
    expect(await mend()).toBe(lacked);
    expect(await mend()).toBe(0);
    for (const place of [store, await fromJournal()])
      expect((await storedAcceptances({ store: place })).map(({ reason }) => reason)).toEqual([stays]);
  });

  it('an acceptance that is written into the journal again says what the archive said then', async () => {
    const given = { table: TABLE, dates: [DATE], reason: 'gone', by: null };
    await rememberAcceptance(portsAt(EARLY), { ...given, contents: { [DATE]: 'what the archive said' } });
    expect(await mend()).toBe(1);
    const { entries } = await readJournal(archive);
    expect(entries).toEqual([expect.objectContaining({ kind: 'accept', whole: false })]);
    expect(await storedAcceptances({ store: await fromJournal() })).toEqual(
      await storedAcceptances({ store }),
    );
  });
});

describe('a dry run where one table is gone', () => {
  const GONE = 'player_summary';

  /** A built world whose warehouse refuses every question about one table, as BigQuery does when the table was deleted. */
  async function withoutTable(): Promise<{ world: World; warehouse: Warehouse }> {
    const world = makeWorld({ from: await builtWorld() });
    const failure = permanent(TABLE_GONE, `Not found: Table ${GONE}`);
    const unlessGone = <T>(tables: readonly RegisteredTable[], answer: () => Promise<Result<T>>) =>
      tables.some(({ definition }) => definition.name === GONE) ? Promise.resolve(failure) : answer();
    return {
      world,
      warehouse: {
        ...world.warehouse,
        rowCounts: (ranges) =>
          unlessGone(
            ranges.map(({ table }) => table),
            () => world.warehouse.rowCounts(ranges),
          ),
        published: (table, dates) => unlessGone([table], () => world.warehouse.published(table, dates)),
      },
    };
  }
  const portsOf = (world: World, warehouse: Warehouse) => ({
    ...{ store: world.store, archive: world.archive, registry: world.registry },
    ...{ clock: world.now, warehouse, scratch: memoryStore() },
  });

  it('says of that table alone that its rows are lost', async () => {
    const { world, warehouse } = await withoutTable();
    const { notes, tables, builds } = await recover(portsOf(world, warehouse), true);
    expect(notes).toContain(`Tables are gone, and would be made again: ${GONE}`);
    expect(tables.map(({ table }) => table)).toEqual([GONE]);
    expect(tables[0]?.reopened).toBeGreaterThan(0);
    expect(builds.length).toBeGreaterThan(0);
  });

  it('ends when another table does not answer', async () => {
    const { world, warehouse } = await withoutTable();
    const rowCounts: Warehouse['rowCounts'] = (ranges) =>
      ranges.length > 1
        ? warehouse.rowCounts(ranges)
        : Promise.resolve(transient('warehouse_unavailable', 'no answer'));
    const { notes, tables } = await recover(portsOf(world, { ...warehouse, rowCounts }), true);
    expect(notes).toContain('The tables cannot be read, so nothing is said of them: no answer');
    expect(tables).toEqual([]);
  });

  it('leaves the rows of the others as a sign that documents are lost', async () => {
    const { world, warehouse } = await withoutTable();
    const ports = { ...portsOf(world, warehouse), store: memoryStore(), archive: memoryArchive() };
    expect(await lostStores(ports, true)).toEqual([{ store: 'documents', what: 'lost' }]);
  });
});
