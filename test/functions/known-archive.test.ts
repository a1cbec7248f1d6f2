/** The archive as it was known at a time: nothing that was learned, or decided, later. */
import { describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { aliasPlayer } from '../../functions/control/identities.ts';
import { archiveKnownAt } from '../../functions/control/known-archive.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { knownAliases } from '../../shared/state/aliases.ts';
import { archiveOf } from '../../shared/state/archives.ts';
import { knownPlayers } from '../../shared/state/players.ts';
import { scopeOfSeason } from '../../shared/state/scopes.ts';
import { boxLine, csv, game, secondGame, SEASON, type Cells } from '../support/source-lines.ts';
import { sourceFile } from '../support/source-file.ts';

const registry = loadRegistry();
const NIGHT = gameDate('2023-10-24');
const BOX = 'player_box_2023-24.csv';
const SCHEDULE = 'schedule_2023-24.csv';

/** A home of documents and files, and what it knew at a time. */
function home() {
  const files = memoryArchive();
  let now = '2023-10-25T12:00:00Z';
  const ports = { store: memoryStore(), archive: files as ArchiveStore, clock: () => new Date(now) };
  const tell = async (
    at: string,
    told: Readonly<Record<string, readonly Cells[]>>,
    isMeasured = true,
  ): Promise<void> => {
    now = at;
    const named = Object.entries(told).map(([name, rows]) => sourceFile(name, csv(name, rows).text));
    await archiveFiles(ports, named, isMeasured ? { observedAt: at } : {});
  };
  const knownAt = (at: string, archive: ArchiveStore = files) =>
    archiveKnownAt({ ...ports, archive, registry, scratch: memoryStore() }, at, [SEASON]);
  const rowsAt = async (at: string, table = 'nbac_player_boxscores'): Promise<readonly Row[]> => {
    const { store, archive } = await knownAt(at);
    const load = archivedLoader({
      ...{ store, archive, clock: () => new Date(at), log: () => undefined },
      publisher: { publish: () => Promise.resolve('m1') },
    });
    const loaded = await load(registry.get(table), [NIGHT]);
    if (!loaded.ok) throw new Error(loaded.failure.detail);
    return loaded.value.rows;
  };
  return {
    ...{ ports, tell, knownAt, rowsAt },
    setNow: (at: string): void => {
      now = at;
    },
  };
}

describe('answers of sources', () => {
  const schedule = { [SCHEDULE]: [game, secondGame] };

  it('are known from the time on at which they were given, and corrections from theirs', async () => {
    const { tell, rowsAt } = home();
    await tell('2023-10-25T06:00:00.000Z', { ...schedule, [BOX]: [boxLine] });
    await tell('2023-10-27T06:00:00.000Z', { [BOX]: [{ ...boxLine, ast: 9 }] });
    const assists = async (at: string): Promise<unknown[]> => (await rowsAt(at)).map((row) => row['assists']);

    expect(await assists('2023-10-25T06:00:00Z')).toEqual([boxLine['ast']]);
    expect(await assists('2023-10-27T05:59:59Z')).toEqual([boxLine['ast']]);
    expect(await assists('2023-10-27T06:00:00Z')).toEqual([9]);
  });

  it('leave nothing behind at an earlier time: no slice, no person', async () => {
    const { tell, knownAt } = home();
    await tell('2023-10-25T06:00:00.000Z', schedule);
    await tell('2023-10-26T06:00:00.000Z', { [BOX]: [boxLine] });
    const { store } = await knownAt('2023-10-26T05:59:59Z');

    expect(await archiveOf({ store }, 'nbac_player_boxscores', SEASON)).toBeUndefined();
    expect([...(await knownPlayers({ store }))]).toEqual([]);
    expect((await archiveOf({ store }, 'nbac_schedule', SEASON))?.slices[NIGHT]).toHaveLength(1);
  });

  it('speak for games that a later answer has taken over since', async () => {
    const { tell, rowsAt } = home();
    await tell('2023-10-25T06:00:00.000Z', schedule);
    await tell('2023-10-26T06:00:00.000Z', {
      [SCHEDULE]: [
        { ...game, game_date: '2023-10-26', tipoff_et: '', home_pts: '', visitor_pts: '', winner: '' },
      ],
    });
    const games = async (at: string): Promise<unknown[]> =>
      (await rowsAt(at, 'nbac_schedule')).map((row) => row['nba_game_id']);

    expect(await games('2023-10-25T12:00:00Z')).toEqual(['0022300061', '0022300062']);
    expect(await games('2023-10-26T12:00:00Z')).toContain('0022300062');
  });
});

describe('historical files', () => {
  const next: Cells = { ...secondGame, game_date: '2023-10-25', tipoff_et: '' };
  const files = {
    [SCHEDULE]: [game, next],
    [BOX]: [
      boxLine,
      { ...boxLine, game_id: '0022300062', game_date: '2023-10-25', team: 'GSW', player_id: 9 },
    ],
  };

  it('say what counted as known, whenever they were imported', async () => {
    const { tell, knownAt, rowsAt } = home();
    await tell('2026-01-01T00:00:00.000Z', files, false);
    const { store } = await knownAt('2023-10-25T16:00:00Z');

    expect(Object.keys((await archiveOf({ store }, 'nbac_player_boxscores', SEASON))?.slices ?? {})).toEqual([
      NIGHT,
    ]);
    expect([...(await knownPlayers({ store })).keys()]).toEqual([boxLine['player_id']]);
    const finals = Object.values((await archiveOf({ store }, 'nbac_schedule', SEASON))?.slices ?? {});
    expect(finals.flatMap((ofDate) => ofDate.flatMap((slice) => slice.finals ?? []))).toEqual(['0022300061']);
    expect(await rowsAt('2023-10-25T16:00:00Z', 'nbac_game_results')).toHaveLength(1);
    expect(await rowsAt('2023-10-25T15:59:59Z', 'nbac_game_results')).toEqual([]);
  });

  it('name the archived file in full, of which only a part was known', async () => {
    const { ports, tell, knownAt } = home();
    await tell('2026-01-01T00:00:00.000Z', files, false);
    const now = await archiveOf(ports, 'nbac_player_boxscores', SEASON);
    const { store, entryIds } = await knownAt('2023-10-25T16:00:00Z');
    const then = await archiveOf({ store }, 'nbac_player_boxscores', SEASON);
    const [cut, whole] = [then, now].map((archive) => Object.values(archive?.entries ?? {})[0]?.sha256 ?? '');

    expect(cut).not.toBe(whole);
    expect(entryIds.get(cut?.slice(0, 16) ?? '')).toBe(whole?.slice(0, 16));
  });

  it('give a person the lookup that he has now', async () => {
    const { tell, knownAt, ports } = home();
    // Of two new persons of one name the smaller id gets the bare lookup, although he comes into the files later.
    const namesake = {
      ...boxLine,
      game_date: '2023-10-25',
      game_id: '0022300062',
      team: 'GSW',
      player_id: 7,
    };
    await tell('2026-01-01T00:00:00.000Z', { [SCHEDULE]: [game, next], [BOX]: [boxLine, namesake] }, false);
    const { store } = await knownAt('2023-10-25T16:00:00Z');
    const id = Number(boxLine['player_id']);

    expect((await knownPlayers({ store })).get(id)?.lookup).toBe((await knownPlayers(ports)).get(id)?.lookup);
    expect((await knownPlayers(ports)).get(7)?.lookup).not.toBe((await knownPlayers(ports)).get(id)?.lookup);
  });

  it('that are lost stop the reading, with what to do', async () => {
    const { tell, knownAt, ports } = home();
    await tell('2026-01-01T00:00:00.000Z', files, false);
    const damaged: ArchiveStore = { ...ports.archive, get: () => Promise.resolve(new Uint8Array([1])) };

    await expect(knownAt('2023-10-25T16:00:00Z', damaged)).rejects.toThrow(
      /cannot be told: (?:schedule|player_box)_2023-24\.csv is in the archive, but the archive holds other bytes than were imported; import the file again/,
    );
  });
});

describe('what persons have decided', () => {
  it('holds from its time on', async () => {
    const { tell, knownAt, ports, setNow } = home();
    await tell('2023-10-25T06:00:00.000Z', { [SCHEDULE]: [game, secondGame], [BOX]: [boxLine] });
    setNow('2023-10-28T12:00:00.000Z');
    await aliasPlayer(ports, { name: 'The King', id: String(boxLine['player_id']) });
    const aliases = async (at: string): Promise<number> =>
      (await knownAliases({ store: (await knownAt(at)).store })).length;

    expect(await aliases('2023-10-28T11:59:59Z')).toBe(0);
    expect(await aliases('2023-10-28T12:00:00Z')).toBe(1);
  });

  it('about historical files holds with them, and about other files from its time on', async () => {
    const scope = {
      name: 'scope.json',
      bytes: () => new TextEncoder().encode(JSON.stringify({ seasonTypes: ['regular'] })),
      by: 'ann',
    };
    for (const isMeasured of [true, false]) {
      const { knownAt, ports, setNow } = home();
      setNow('2026-01-01T00:00:00.000Z');
      const file = sourceFile(SCHEDULE, csv(SCHEDULE, [game]).text);
      const options = isMeasured ? { observedAt: '2023-10-25T06:00:00.000Z', scope } : { scope };
      await archiveFiles(ports, [file], options);
      const { store } = await knownAt('2023-10-26T00:00:00Z');
      const now = await scopeOfSeason(ports, SEASON);
      const then = await scopeOfSeason({ store }, SEASON);
      // A scope is given at the time at which its files were observed.
      expect([isMeasured, then?.meant]).toEqual([isMeasured, now?.meant]);
    }
  });
});
