/**
 * What the play-by-play makes known, in a league whose games are told by box scores, shots and plays: the same zones as the shots, and
 * assists and blocks that add up to the box scores. A game that does not add up is named, and nothing is taken from it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import {
  atHome,
  backfill,
  copyOf,
  importFiles,
  newFolder,
  partition,
  removeFolders,
  rowsOf,
} from '../support/homes.ts';
import { cdnAnswers, type Document } from '../support/nba-cdn-answers.ts';
import { sourceFile } from '../support/source-file.ts';

const SEASON = '2021-22';
const texts = new Map<string, string>();
for (const { files } of simulateLeague({
  seasons: 1,
  seed: 7,
  firstSeason: 2021,
  teams: 6,
  gamesPerTeam: 14,
}))
  for (const { name, text } of files) texts.set(name, text);
const textOf = (kind: string): string => texts.get(`${kind}_${SEASON}.csv`) ?? expect.fail();
const fileOf = (kind: string): SourceFile => sourceFile(`${kind}_${SEASON}.csv`, textOf(kind));
const answers = cdnAnswers(textOf);
const boxes = ['schedule', 'player_box', 'team_box'].map(fileOf);
const playsOf = (game: string, document: Document = answers.playByPlay(game)): SourceFile =>
  sourceFile(`nba_cdn.playbyplay.${game}.json`, JSON.stringify(document));
/** A game in which a block is told of the wrong player, and its date. */
const WRONG = answers.games.at(-1) ?? expect.fail();
const DATE = gameDate(answers.dateOf(WRONG));

const ZONES = `paint_attempts, paint_makes, mid_range_attempts, mid_range_makes, three_attempts_pbp, three_makes_pbp,
  zone_unknown_attempts, has_complete_shot_zones, shot_zone_match`;
const PLAYERS = `SELECT game_id, player_lookup, ${ZONES}, is_production_ready, assisted_fg_makes, unassisted_fg_makes, fg_makes,
  paint_blocks + mid_range_blocks + three_pt_blocks AS blocks_by_zone, blocks, and1_count, shot_zones_source, data_quality_issues
  FROM nba_analytics.player_game_summary ORDER BY game_id, player_lookup`;

/** The tables of a home that was filled with the box scores and `more`. */
async function built(more: readonly SourceFile[]) {
  const folder = newFolder();
  const rows = await atHome(folder, async (home) => {
    await importFiles(home, [...boxes, ...more], SEASON);
    await backfill(home, { season: SEASON, through: 'phase4' });
    const of = (sql: string): Promise<readonly Row[]> => rowsOf(home, sql);
    return {
      players: await of(PLAYERS),
      teams: await of(
        `SELECT game_id, team_abbr, team_paint_attempts, team_paint_makes, team_mid_range_attempts, team_mid_range_makes,
        three_attempts_pbp, three_makes_pbp, shot_zone_match, is_production_ready, assists
        FROM nba_analytics.team_offense_game_summary ORDER BY game_id, team_abbr`,
      ),
      defences:
        await of(`SELECT game_id, defending_team_abbr, blocks, blocks_paint + blocks_mid_range + blocks_three_pt AS by_zone
        FROM nba_analytics.team_defense_game_summary`),
      rates: await of(`SELECT assisted_rate_last_10, unassisted_rate_last_10, zone_games_10
        FROM nba_precompute.player_shot_zone_analysis WHERE zone_games_10 >= 5 AND total_shots_last_10 > 0`),
      blocks: await of(`SELECT paint_blocks_per_game, mid_range_blocks_per_game, three_pt_blocks_per_game
        FROM nba_precompute.team_defense_zone_analysis WHERE zone_games_in_sample >= 5`),
      told: await of(
        'SELECT COUNT(DISTINCT game_id) AS games, MIN(IF(adds_up, 1, 0)) AS sound FROM nba_raw.nbac_play_by_play',
      ),
    };
  });
  return { folder, ...rows };
}

afterAll(removeFolders);

describe('the play-by-play of a league', { timeout: 300_000 }, () => {
  let charts: Awaited<ReturnType<typeof built>>;
  let plays: Awaited<ReturnType<typeof built>>;
  beforeAll(async () => {
    charts = await built([fileOf('shots')]);
    plays = await built(answers.games.map((game) => playsOf(game)));
  });

  it('gives the zones that the shots of the same games give, and every row is as ready', () => {
    const zones = (rows: readonly Row[]): Row[] =>
      rows.map(
        ({
          assisted_fg_makes: _,
          unassisted_fg_makes: __,
          blocks_by_zone: ___,
          and1_count: ____,
          ...row
        }) => ({
          ...row,
          shot_zones_source: null,
        }),
      );
    expect(plays.told).toMatchObject([{ games: answers.games.length, sound: 1 }]);
    expect(zones(plays.players)).toEqual(zones(charts.players));
    expect(plays.teams).toEqual(charts.teams);
    expect(new Set(plays.players.map((row) => row['shot_zones_source']))).toEqual(
      new Set(['nbac_play_by_play']),
    );
    expect(new Set(charts.players.map((row) => row['shot_zones_source']))).toEqual(
      new Set(['nbac_shot_chart']),
    );
    expect(plays.players.length).toBeGreaterThan(500);
  });

  it('gives assisted makes and blocks by zone that add up to the box scores', () => {
    for (const row of plays.players) {
      expect(Number(row['assisted_fg_makes']) + Number(row['unassisted_fg_makes'])).toBe(row['fg_makes']);
      expect(row['blocks_by_zone']).toBe(row['blocks']);
    }
    const assisted = Map.groupBy(plays.players, (row) => row['game_id']);
    for (const [game, rows] of assisted) {
      const sum = rows.reduce((total, row) => total + Number(row['assisted_fg_makes']), 0);
      const teams = plays.teams.filter((row) => row['game_id'] === game);
      expect(sum).toBe(teams.reduce((total, row) => total + Number(row['assists']), 0));
    }
    for (const row of plays.defences) expect(row['by_zone']).toBe(row['blocks']);
    expect(plays.defences.some((row) => Number(row['blocks']) > 0)).toBe(true);
  });

  it('gives phase 4 assisted rates and blocks, which shots alone do not', () => {
    expect(plays.rates.length).toBeGreaterThan(50);
    for (const row of plays.rates)
      if (row['assisted_rate_last_10'] !== null)
        expect(Number(row['assisted_rate_last_10']) + Number(row['unassisted_rate_last_10'])).toBeCloseTo(
          100,
          1,
        );
    expect(plays.rates.filter((row) => row['assisted_rate_last_10'] === null).length).toBeLessThan(
      plays.rates.length / 10,
    );
    expect(charts.rates.every((row) => row['assisted_rate_last_10'] === null)).toBe(true);
    expect(plays.blocks.length).toBeGreaterThan(0);
    expect(plays.blocks.every((row) => row['paint_blocks_per_game'] !== null)).toBe(true);
    expect(charts.blocks.every((row) => row['paint_blocks_per_game'] === null)).toBe(true);
  });

  it('of a game that does not add up is named, gives nothing, and is right again with its correction', async () => {
    const document = answers.playByPlay(WRONG);
    const { actions } = document['game'] as { actions: Document[] };
    const blocked = actions.find((action) => action['blockPersonId'] !== undefined) ?? expect.fail();
    const other = actions.find(
      ({ actionType, teamTricode, personId }) =>
        actionType === '2pt' &&
        teamTricode !== blocked['teamTricode'] &&
        personId !== blocked['blockPersonId'],
    );
    const told = blocked['blockPersonId'];
    blocked['blockPersonId'] = other?.['personId'];
    await atHome(copyOf(plays.folder), async (home) => {
      const ofGame = async (): Promise<readonly Row[]> =>
        (await rowsOf(home, PLAYERS)).filter((row) =>
          String(row['game_id']).startsWith(DATE.replaceAll('-', '')),
        );
      const before = await ofGame();
      await importFiles(home, [playsOf(WRONG, document)], SEASON);
      await backfill(home, { season: SEASON, through: 'phase4', only: 'stale' });
      expect(await partition(home.client, 'nbac_play_by_play', DATE)).toMatchObject({
        status: 'partial',
        reason: expect.stringMatching(/^plays_do_not_add_up: \d{8}_\w+ \(\w+ has \d of \d blocks\)/),
      });
      const bad = (await ofGame()).filter((row) =>
        String(row['data_quality_issues']).includes('plays_do_not_add_up'),
      );
      expect(bad.length).toBeGreaterThan(10);
      for (const row of bad)
        expect(row).toMatchObject({
          ...{ paint_attempts: null, assisted_fg_makes: null, blocks_by_zone: null, and1_count: null },
          has_complete_shot_zones: false,
        });

      blocked['blockPersonId'] = told;
      await importFiles(home, [playsOf(WRONG, document)], SEASON);
      await backfill(home, { season: SEASON, through: 'phase4', only: 'stale' });
      expect(await ofGame()).toEqual(before);
    });
  });

  it('takes no zones where there are shots, and says whose makes were assisted there, too', async () => {
    const both = await built([fileOf('shots'), ...answers.games.map((game) => playsOf(game))]);
    expect(new Set(both.players.map((row) => row['shot_zones_source']))).toEqual(
      new Set(['nbac_shot_chart']),
    );
    const without = (rows: readonly Row[]): Row[] => rows.map((row) => ({ ...row, shot_zones_source: null }));
    expect(without(both.players)).toEqual(without(plays.players));
  });
});
