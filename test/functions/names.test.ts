/** Names in source files without ids: what a load makes of them, what is said of those that nobody has, and what an alias changes. */
import { describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import {
  aliasPlayer,
  findPlayers,
  listAliases,
  unresolvedNames,
} from '../../functions/control/identities.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { identityOf, matchOf } from '../../shared/domain/identity.ts';
import { makeRandom, pick } from '../../shared/domain/seeded-random.ts';
import { knownPlayers, registerPlayers } from '../../shared/state/players.ts';
import { loadView } from '../../shared/state/views.ts';
import { boxLine, csv, game, secondGame, SEASON, type Cells } from '../support/source-lines.ts';
import { sourceFile } from '../support/source-file.ts';

const registry = loadRegistry();
const injuries = registry.get('nbac_injury_report');
const clock = () => new Date('2024-06-01T12:00:00Z');
const FIRST = gameDate('2023-10-24');
const LATER = gameDate('2023-10-26');
const laterGame: Cells = {
  ...game,
  game_id: '0022300070',
  game_date: LATER,
  tipoff_et: '2023-10-26T19:30:00',
};
const report: Cells = {
  season: SEASON,
  season_type: 'regular',
  game_id: '0022300061',
  game_date: FIRST,
  team: 'LAL',
  player_id: '',
  player_name: '',
  status: 'Out',
  reason: 'stand-in',
  report_utc: '2023-10-24T21:30:00Z',
};
const later: Cells = {
  ...report,
  game_id: '0022300070',
  game_date: LATER,
  report_utc: '2023-10-26T21:30:00Z',
};

/** A home of documents and files alone, into which files can be imported and whose injury reports can be loaded. */
async function home(reports: readonly Cells[], boxes: readonly Cells[] = [boxLine]) {
  const ports = { archive: memoryArchive(), store: memoryStore(), clock };
  const importRows = (name: string, rows: readonly Cells[]) => {
    const file = csv(name, rows);
    return archiveFiles(ports, [sourceFile(name, file.text)]);
  };
  await importRows('schedule_2023-24.csv', [game, secondGame, laterGame]);
  await importRows('player_box_2023-24.csv', boxes);
  // A name with a comma stands in quotes.
  const quoted = reports.map((row) => ({ ...row, player_name: `"${String(row['player_name'])}"` }));
  await importRows('injury_report_2023-24.csv', quoted);
  const load = archivedLoader({
    ...ports,
    publisher: { publish: () => Promise.resolve('m1') },
    log: () => undefined,
  });
  const fingerprints = async () => {
    const evaluation = evaluate(await loadView(ports, registry, [SEASON]));
    return [FIRST, LATER].map((date) => evaluation.inputFingerprint(injuries, date));
  };
  return { ...ports, importRows, load: (dates: GameDate[]) => load(injuries, dates), fingerprints };
}

describe('a report that names players without ids', () => {
  it('is about the players whom it names, in either order of the names', async () => {
    const { load } = await home([
      { ...report, player_name: 'James, LeBron' },
      { ...later, player_name: 'L. James' },
    ]);
    const loaded = await load([FIRST, LATER]);
    if (!loaded.ok) throw new Error(loaded.failure.detail);
    expect(loaded.value.rows).toMatchObject([
      { player_lookup: 'lebronjames', nba_player_id: 2544, player_name: 'James, LeBron', matched_by: 'name' },
      { player_lookup: 'lebronjames', nba_player_id: 2544, matched_by: 'team' },
    ]);
    expect(loaded.value.dates.get(FIRST)?.lacking).toEqual([]);
  });

  it('keeps the row of a name that nobody has, and its date lacks a name', async () => {
    const ports = await home([{ ...report, player_name: 'Jmaes, LeBron' }]);
    const loaded = await ports.load([FIRST]);
    if (!loaded.ok) throw new Error(loaded.failure.detail);
    expect(loaded.value.rows).toMatchObject([
      {
        player_lookup: 'lebronjmaes',
        nba_player_id: null,
        player_name: 'Jmaes, LeBron',
        matched_by: 'nobody',
      },
    ]);
    expect(loaded.value.dates.get(FIRST)?.lacking).toEqual([
      { code: 'unresolved_names', detail: 'Jmaes, LeBron' },
    ]);
    expect(await unresolvedNames(ports)).toEqual([
      {
        name: 'Jmaes, LeBron',
        source: 'injury_report_2023-24.csv',
        table: 'nbac_injury_report',
        teams: ['LAL'],
        season: SEASON,
        dates: [FIRST],
      },
    ]);
  });
});

describe('an alias', () => {
  const misspelt = [
    { ...report, player_name: 'Jmaes, LeBron' },
    { ...later, player_name: 'James, LeBron' },
  ];

  it('makes exactly the dates stale on which the name was seen, and is kept in the journal', async () => {
    const ports = await home(misspelt);
    await ports.load([FIRST, LATER]);
    const before = await ports.fingerprints();
    const given = await aliasPlayer(ports, { name: 'LeBron Jmaes', id: '2544', team: 'LAL' });
    expect(given).toMatchObject({
      player: 'LeBron James',
      stale: [{ table: 'nbac_injury_report', dates: [FIRST] }],
    });
    const after = await ports.fingerprints();
    expect(after.map((each, i) => each === before[i])).toEqual([false, true]);
    expect(await unresolvedNames(ports)).toEqual([]);
    expect(await listAliases(ports)).toMatchObject([
      { name: 'LeBron Jmaes', id: 2544, team: 'LAL', season: null },
    ]);
    const [path = ''] = (await ports.archive.list('journal')).filter((each) => each.includes('alias'));
    expect(JSON.parse(new TextDecoder().decode(await ports.archive.read(path)))).toEqual({
      kind: 'alias',
      name: 'LeBron Jmaes',
      id: 2544,
      team: 'LAL',
      season: null,
    });

    const loaded = await ports.load([FIRST, LATER]);
    expect(loaded).toMatchObject({
      ok: true,
      value: { rows: [{ player_lookup: 'lebronjames', matched_by: 'alias' }, { matched_by: 'name' }] },
    });
    expect(await ports.fingerprints()).toEqual(after);
  });

  it('given a second time changes nothing; for another player it takes the place of the first', async () => {
    const other: Cells = { ...boxLine, player_id: 203076, player_name: 'Anthony Davis' };
    const ports = await home(misspelt, [boxLine, other]);
    await ports.load([FIRST, LATER]);
    await aliasPlayer(ports, { name: 'LeBron Jmaes', id: '2544' });
    expect(await aliasPlayer(ports, { name: 'Jmaes, LeBron', id: '2544' })).toMatchObject({
      stale: [],
      next: [],
    });
    expect(await aliasPlayer(ports, { name: 'LeBron Jmaes', id: '203076' })).toMatchObject({
      stale: [{ dates: [FIRST] }],
    });
    expect(await listAliases(ports)).toHaveLength(1);
  });

  it.each([
    ['an id that no file has named', { id: '99' }, 'No file has named a player with the id 99'],
    ['an id that is none', { id: 'x' }, 'No file has named a player with the id x'],
    ['a team that is none', { team: 'XXX' }, 'XXX is no NBA team'],
    ['a season that is none', { season: '2023' }, '2023 is no season such as 2023-24'],
    ['a name without a letter', { name: '-' }, '"-" is no name'],
  ])('is refused for %s, and nothing is written', async (_what, change, reason) => {
    const ports = await home(misspelt);
    const before = ports.store.dump();
    await expect(aliasPlayer(ports, { name: 'LeBron Jmaes', id: '2544', ...change })).rejects.toThrow(reason);
    expect(ports.store.dump()).toEqual(before);
    expect((await ports.archive.list('journal')).filter((path) => path.includes('alias'))).toEqual([]);
  });
});

describe('a box score that comes later', () => {
  it('makes the dates stale whose names it explains, and no other', async () => {
    const ports = await home([
      { ...report, player_name: 'Anthony Davis' },
      { ...later, player_name: 'LeBron James' },
    ]);
    await ports.load([FIRST, LATER]);
    const before = await ports.fingerprints();
    const davis: Cells = { ...boxLine, game_id: '0022300070', game_date: LATER, player_id: 203076 };
    await ports.importRows('player_box_2023-24.csv', [{ ...davis, player_name: 'Anthony Davis' }]);
    expect((await ports.fingerprints()).map((each, i) => each === before[i])).toEqual([false, true]);
    expect(await unresolvedNames(ports)).toEqual([]);
  });
});

describe('persons who bear one name', () => {
  const named = (id: number, name: string, team: string) => ({
    id,
    name,
    date: FIRST,
    teams: new Map([[SEASON, new Set([team])]]),
  });

  it('keep the lookup under which they were published, whoever comes later', async () => {
    const store = memoryStore();
    await registerPlayers({ store }, [named(20, 'Ann Other', 'LAL')]);
    await registerPlayers({ store }, [named(10, 'Ann Other', 'DEN'), named(20, 'Ann Other', 'DEN')]);
    const known = await knownPlayers({ store });
    expect(known.get(20)).toEqual({
      lookup: 'annother',
      name: 'Ann Other',
      teams: { [SEASON]: ['DEN', 'LAL'] },
    });
    expect(known.get(10)?.lookup).toBe('annother_10');
    const before = store.dump();
    await registerPlayers({ store }, [named(20, 'Ann Other', 'LAL')]);
    expect(store.dump()).toEqual(before);
  });

  it('are told apart by the committed list, in whatever order they come', async () => {
    for (const order of [
      [203187, 202419],
      [202419, 203187],
    ]) {
      const store = memoryStore();
      for (const id of order) await registerPlayers({ store }, [named(id, 'Chris Johnson', 'LAL')]);
      const known = await knownPlayers({ store });
      expect([known.get(202419)?.lookup, known.get(203187)?.lookup]).toEqual([
        'chrisjohnson',
        'chrisjohnson_203187',
      ]);
    }
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'never share a lookup, and nobody ever gets another one: seed %i',
    async (seed) => {
      const random = makeRandom('namesakes', seed);
      const store = memoryStore();
      const given = new Map<number, string>();
      for (let file = 0; file < 6; file += 1) {
        const rows = Array.from({ length: 8 }, () => {
          const id = pick(random, [10, 20, 30, 202419, 203187, 203484, 1630314, 1585]);
          const name = pick(random, [
            'Ann Other',
            'ann  other',
            'Ánn Öther',
            'Chris Johnson',
            'Brandon Williams',
          ]);
          return named(id, name, pick(random, ['LAL', 'DEN']));
        });
        await registerPlayers({ store }, rows);
        const known = await knownPlayers({ store });
        const lookups = [...known.values()].map(({ lookup }) => lookup);
        expect(new Set(lookups).size).toBe(known.size);
        for (const [id, lookup] of given) expect(known.get(id)?.lookup).toBe(lookup);
        for (const [id, { lookup }] of known) given.set(id, lookup);
        // Whoever is matched with nobody has a lookup that no person has, so that no row of a person is joined with his.
        for (const name of ['Ann Other', 'Chris Johnson', 'Nobody Known']) {
          const match = matchOf(identityOf(known), SEASON, { name, id: null, teams: ['BOS'] });
          if (match.id === null) expect(lookups).not.toContain(match.lookup);
          else expect(known.get(match.id)?.lookup).toBe(match.lookup);
        }
      }
    },
  );

  it('are found by name, lookup and id', async () => {
    const store = memoryStore();
    await registerPlayers({ store }, [named(10, 'Ann Other', 'DEN'), named(20, 'Ann Other', 'LAL')]);
    const ids = async (asked: string) => (await findPlayers({ store }, asked)).map(({ id }) => id);
    expect(await ids('Other, Ann')).toEqual([10, 20]);
    expect(await ids('A. Other')).toEqual([10, 20]);
    expect(await ids('annother_20')).toEqual([20]);
    expect(await ids('20')).toEqual([20]);
    expect(await ids('Bert Other')).toEqual([]);
  });
});
