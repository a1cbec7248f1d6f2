/** The schedule and the box scores of cdn.nba.com fill the same rows as source files that say the same. */
import { gzipSync } from 'node:zlib';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayJournal } from '../../functions/control/recover-journal.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { archiveOf } from '../../shared/state/archives.ts';
import { archivedDates } from '../../shared/domain/archive.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { archiveHome } from '../support/archive-home.ts';
import { cdnAnswers, type Document, SEASON, simulatedTexts } from '../support/nba-cdn-answers.ts';
import { dataFolder } from '../support/homes.ts';

const NOW = '2022-06-01T12:00:00Z';
const TABLES = ['nbac_schedule', 'nbac_game_results', 'nbac_player_boxscores', 'nbac_team_boxscore'];
const KINDS = ['schedule', 'player_box', 'team_box'] as const;

const textOf = simulatedTexts(8);
const answers = cdnAnswers(textOf);
const [GAME = ''] = answers.games;

const bytesOf = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));
const asFiles = () => [
  { name: `nba_cdn.schedule.${SEASON}.json.gz`, document: answers.schedule(SEASON) },
  ...answers.games.map((game) => ({
    name: `nba_cdn.boxscore.${game}.json`,
    document: answers.boxScore(game),
  })),
];

/** The rows of every table and date, after the files were imported. */
async function rowsAfter(files: readonly { readonly name: string; readonly bytes: () => Uint8Array }[]) {
  const home = archiveHome(NOW);
  const report = await home.importFiles(files);
  const found: Record<string, readonly Row[]> = {};
  for (const table of TABLES) {
    const dates = archivedDates((await archiveOf(home.ports, table, SEASON)) ?? expect.fail(table));
    found[table] = await home.rowsOf(table, dates);
  }
  return { report, found };
}

/** Rows without what says where they come from, in an order of their own. */
function contentOf(rows: readonly Row[]): string[] {
  const source = ['source', 'entry_id', 'observed_at', 'starter'];
  return rows
    .map((row) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).filter(([k]) => !source.includes(k)))),
    )
    .sort();
}

describe('answers of cdn.nba.com', () => {
  it('fill the rows that files with the same numbers fill, and say where they come from', async () => {
    const csv = await rowsAfter(
      KINDS.map((kind) => ({ name: `${kind}_${SEASON}.csv`, bytes: () => Buffer.from(textOf(kind)) })),
    );
    const json = await rowsAfter(
      asFiles().map(({ name, document }) => ({
        name,
        bytes: () => (name.endsWith('.gz') ? gzipSync(bytesOf(document)) : bytesOf(document)),
      })),
    );

    expect(csv.found['nbac_player_boxscores']?.length).toBeGreaterThan(300);
    for (const table of TABLES) {
      expect(contentOf(json.found[table] ?? []), table).toEqual(contentOf(csv.found[table] ?? []));
      expect(new Set(json.found[table]?.map((row) => row['source'])), table).toEqual(new Set(['nba_cdn']));
    }
    expect(json.found['nbac_player_boxscores']?.every((row) => row['starter'] === false)).toBe(true);
    expect(json.report.seasons).toEqual([SEASON]);
  });

  it('are kept as they came, once for all that they say', async () => {
    const archive = memoryArchive();
    const kept = new Map<string, Uint8Array>();
    const { ports, importFiles } = archiveHome(NOW, {
      ...archive,
      put: (name, bytes) => {
        kept.set(name, bytes);
        return archive.put(name, bytes);
      },
    });
    const files = asFiles().map(({ name, document }) => ({ name, bytes: () => bytesOf(document) }));
    await importFiles(files);

    expect([...kept.keys()].sort()).toEqual(files.map(({ name }) => name).sort());
    for (const { name, bytes } of files) expect(kept.get(name), name).toEqual(bytes());
    const boxes = await archiveOf(ports, 'nbac_player_boxscores', SEASON);
    expect(new Set(Object.values(boxes?.entries ?? {}).map(({ source }) => source))).toEqual(
      new Set(['nba_cdn']),
    );
  });
});

it('answers can be taken from the archive again when the documents are lost', async () => {
  const { ports, importFiles } = archiveHome(NOW);
  const files = asFiles().map(({ name, document }) => ({ name, bytes: () => bytesOf(document) }));
  await importFiles(files, { observedAt: '2021-11-20T06:00:00.000Z' });
  const again = memoryStore();
  const { notes, lost } = await replayJournal({ ...ports, registry: loadRegistry() }, again);

  expect({ notes, lost }).toEqual({ notes: [], lost: [] });
  for (const table of TABLES) {
    const known = await archiveOf(ports, table, SEASON);
    expect(await archiveOf({ store: again }, table, SEASON), table).toEqual(known);
    const learned = Object.values(known?.entries ?? {}).map(
      ({ observedAt, observedKind }) => `${observedKind} ${observedAt}`,
    );
    expect(new Set(learned), table).toEqual(new Set(['measured 2021-11-20T06:00:00.000Z']));
  }
});

/** What is said of the player lines of an answer after it was changed. */
function faultOf(change: (game: Document) => unknown, name = `nba_cdn.boxscore.${GAME}.json#player_box`) {
  const { game } = structuredClone(answers.boxScore(GAME)) as { game: Document };
  const changed = change(game) ?? { game };
  return textOfSource(name, typeof changed === 'string' ? Buffer.from(changed) : bytesOf(changed)).fault;
}

describe('an answer is refused', () => {
  const whole = JSON.stringify(answers.boxScore(GAME));
  const home = (game: Document): Document => game['homeTeam'] as Document;
  const firstPlayer = (game: Document): Document => (home(game)['players'] as Document[])[0] ?? {};

  it.each<[string, (game: Document) => unknown, string]>([
    ['not', () => undefined, ''],
    ['that broke off', () => whole.slice(0, -200), 'is no whole JSON document'],
    ['that is empty', () => '', 'is no whole JSON document'],
    ['that is a page', () => '<html>Access Denied</html>', 'is a web page, no answer in JSON'],
    ['of another game', (game) => ({ game: { ...game, gameId: '0022100999' } }), 'is of game 0022100999'],
    [
      'of a game that is being played',
      (game) => ({ game: { ...game, gameStatus: 2, gameStatusText: 'Q3 4:10 ' } }),
      'is of a game that is not over (Q3 4:10)',
    ],
    ['of a final game without players', (game) => void (home(game)['players'] = []), 'has no players of'],
    [
      'of a final game in which nobody has played yet',
      (game) => {
        for (const each of home(game)['players'] as Document[]) each['played'] = '0';
      },
      'although the game is over',
    ],
    [
      'in which a field has another name',
      (game) => {
        const statistics = firstPlayer(game)['statistics'] as Document;
        statistics['pts'] = statistics['points'];
        delete statistics['points'];
      },
      'has another shape than expected: game.homeTeam.players.0.statistics.points',
    ],
    [
      'in which a number is a text',
      (game) => void (firstPlayer(game)['personId'] = '1700001'),
      'game.homeTeam.players.0.personId',
    ],
    [
      'in the shape of the older interface',
      () => ({
        resource: 'boxscore',
        resultSets: [{ name: 'PlayerStats', headers: ['GAME_ID'], rowSet: [] }],
      }),
      'is of version 2 (resultSets), which is not read',
    ],
  ])('%s', (_, change, fault) => {
    if (fault === '') expect(faultOf(change)).toBeUndefined();
    else expect(faultOf(change)).toContain(fault);
  });

  it('with its name, and nothing is archived', async () => {
    const { ports, importFiles } = archiveHome(NOW);
    const name = `nba_cdn.boxscore.${GAME}.json`;
    await expect(importFiles([{ name, bytes: () => Buffer.from(whole.slice(0, 99)) }])).rejects.toThrow(
      `${name}#player_box is no whole JSON document; nothing was imported`,
    );
    expect(await ports.archive.list('journal')).toEqual([]);
  });

  it('when it is a schedule of another season, or without games, or has an end without a score', () => {
    const name = `nba_cdn.schedule.${SEASON}.json`;
    const schedule = answers.schedule(SEASON)['leagueSchedule'] as Document;
    const said = (change: Document): string | undefined =>
      textOfSource(name, bytesOf({ leagueSchedule: { ...schedule, ...change } })).fault;
    const [first] = schedule['gameDates'] as { games: Document[] }[];
    const games = first?.games ?? [];
    const without = games.map((game) => ({
      ...game,
      homeTeam: { ...(game['homeTeam'] as Document), score: null },
    }));

    expect(said({})).toBeUndefined();
    expect(said({ seasonYear: '2022-23' })).toBe('is of the season 2022-23');
    expect(said({ gameDates: [] })).toBe('has no games');
    expect(said({ gameDates: [{ games: without }] })).toContain('is over and has no score of it');
  });
});

describe('the schedule of cdn.nba.com', () => {
  const schedule = answers.schedule(SEASON)['leagueSchedule'] as Document;
  const game = ((schedule['gameDates'] as { games: Document[] }[])[0]?.games ?? [])[0] ?? {};
  const linesOf = (changes: Document): string[] => {
    const changed = { ...schedule, gameDates: [{ games: [{ ...game, ...changes }] }] };
    const { text = '' } = textOfSource(
      `nba_cdn.schedule.${SEASON}.json`,
      bytesOf({ leagueSchedule: changed }),
    );
    return text.trim().split('\n').slice(1);
  };
  const open = { gameStatus: 1, gameStatusText: '7:00 pm ET' };

  it('has no line of a game that is postponed, or whose teams are not known', () => {
    expect(linesOf(open)).toHaveLength(1);
    expect(linesOf({ ...open, gameStatusText: 'PPD ' })).toEqual([]);
    expect(linesOf({ ...open, postponedStatus: 'Y' })).toEqual([]);
    const nobody = { teamId: 0, teamTricode: null, score: null };
    expect(linesOf({ ...open, homeTeam: nobody, awayTeam: nobody })).toEqual([]);
  });

  it('has no score of a game that is not over, and no time of one whose time is not known', () => {
    const score = { teamId: 1, teamTricode: 'BOS', score: 31 };
    const [line = ''] = linesOf({ gameStatus: 2, gameStatusText: 'Q2', homeTeam: score });
    expect(line).toContain(',BOS,');
    expect(line).not.toContain('31');
    expect(linesOf({ ...open, gameStatusText: 'TBD' })[0]).not.toContain('T19:00');
  });
});

const SAMPLES = join(dataFolder(), 'api-samples', 'nba_com');
const haveSamples = existsSync(SAMPLES);
if (!haveSamples) console.log('Left out: real answers of cdn.nba.com (no api-samples; set FULLCOURT_DATA)');

describe.skipIf(!haveSamples)('real answers', () => {
  const textIn = (file: string, name: string): string =>
    textOfSource(name, readFileSync(join(SAMPLES, file))).text ?? expect.fail();
  const cellsIn = (text: string): Record<string, string>[] => {
    const [header = '', ...lines] = text.trim().split('\n');
    return lines.map((line) => {
      const cells = line.split(',');
      return Object.fromEntries(header.split(',').map((column, i) => [column, cells[i] ?? '']));
    });
  };

  it('say what a person reads in the box score of ATL at CHA, 2026-02-11', () => {
    const name = 'nba_cdn.boxscore.0022500775.json';
    const players = cellsIn(textIn('livedata_boxscore_0022500775_final.json', `${name}#player_box`));
    const teams = cellsIn(textIn('livedata_boxscore_0022500775_final.json', `${name}#team_box`));

    expect(players.find((row) => row['player_name'] === 'Kon Knueppel')).toMatchObject({
      ...{ team: 'CHA', opponent: 'ATL', is_home: 'true', starter: 'true', minutes: 'PT30M19.00S' },
      ...{ pts: '18', fgm: '5', fga: '12', fg3m: '4', reb: '6', ast: '4', tov: '3', plus_minus: '-6' },
    });
    expect(players.find((row) => row['player_name'] === 'Miles Bridges')).toMatchObject({
      minutes: '',
      pts: '',
    });
    expect(teams[0]).toMatchObject({
      ...{ team: 'CHA', pts: '110', reb: '50', tov: '16', plus_minus: '3', second_chance_pts: '16' },
    });
    expect(teams[1]).toMatchObject({ team: 'ATL', pts: '107', reb: '41', tov: '13', plus_minus: '-3' });
  });

  it('have the games of a season as they were played, those abroad and in two overtimes too', () => {
    const games = cellsIn(textIn('scheduleLeagueV2_2024-25_cut.json', 'nba_cdn.schedule.2024-25.json'));
    expect(games).toHaveLength(24);
    const byId = new Map(games.map((row) => [row['game_id'], row]));
    expect(byId.get('0022400501')).toMatchObject({
      game_date: '2025-01-06',
      home_pts: '123',
      visitor_pts: '118',
    });
    expect(byId.get('0022400621')).toMatchObject({
      ...{ arena_city: 'Paris', neutral_site: 'true', tipoff_et: '2025-01-23T14:00:00' },
    });
    expect(byId.get('0062400001')).toMatchObject({ season_type: 'cup_final', home_team: 'OKC' });
  });
});
