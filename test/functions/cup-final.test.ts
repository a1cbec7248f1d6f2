/** A game that counts in no standings, from its files to the rest of those who played it. */
import { afterAll, expect, it } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { textOf } from '../../functions/ingest/sound-file.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { SEASON, tinyFiles } from '../support/tiny-league.ts';
import { atHome, backfill, importFiles, newFolder, removeFolders, rowsOf } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';

/** The league plays on the day before and on the day after, and not on this one. */
const FINAL = '2021-11-25';
const FINAL_LINE = `0062100001,${FINAL},${SEASON},cup_final,CLE,BOS,110,100,CLE,true,${FINAL}T20:00:00,Arena,City`;

afterAll(removeFolders);

it(
  'the Cup final is played for rest, and is a date without partitions of computed tables',
  { timeout: 120_000 },
  async () => {
    const files = readFolder(tinyFiles()).map((file) =>
      file.name.startsWith('schedule') ? withFinal(file) : file,
    );

    await atHome(newFolder(), async (home) => {
      await importFiles(home, files, SEASON);
      const outcome = await backfill(home, { season: SEASON, through: 'phase3' });

      expect(outcome.state).toBe('done');
      expect((await calendarOf(home.client, SEASON))?.games[FINAL]).toEqual({
        games: 0,
        finalGames: 0,
        playedGames: 1,
      });
      const [results] = await rowsOf(
        home,
        `SELECT COUNT(*) AS n FROM nba_raw.nbac_game_results WHERE game_date = DATE '${FINAL}'`,
      );
      expect(Number(results?.['n'])).toBe(1);
      const [computed] = await rowsOf(
        home,
        `SELECT COUNT(*) AS n FROM nba_analytics.upcoming_team_game_context WHERE game_date = DATE '${FINAL}'`,
      );
      expect(Number(computed?.['n'])).toBe(0);

      const next = await rowsOf(
        home,
        `SELECT teams.team_abbr, teams.team_days_rest AS team, MIN(players.days_rest) AS least,
         COUNTIF(players.is_production_ready) AS ready
       FROM nba_analytics.upcoming_team_game_context AS teams
       JOIN nba_analytics.upcoming_player_game_context AS players
         ON players.game_id = teams.game_id AND players.team_abbr = teams.team_abbr
       JOIN (
         SELECT team_abbr, MIN(game_date) AS game_date
         FROM nba_analytics.upcoming_team_game_context
         WHERE game_date > DATE '${FINAL}' AND team_abbr IN ('CLE', 'BOS')
         GROUP BY team_abbr
       ) AS following
         ON following.team_abbr = teams.team_abbr AND following.game_date = teams.game_date
       WHERE UNIX_DATE(teams.game_date) - UNIX_DATE(DATE '${FINAL}') - 1 = teams.team_days_rest
       GROUP BY teams.team_abbr, teams.team_days_rest
       ORDER BY teams.team_abbr`,
      );
      expect(next.map((row) => row['team_abbr'])).toEqual(['BOS', 'CLE']);
      // Nobody's line of the final is known. Who played the game before is taken to have played it, and no row is ready.
      for (const row of next) {
        expect(Number(row['least'])).toBe(Number(row['team']));
        expect(Number(row['ready'])).toBe(0);
      }
    });
  },
);

function withFinal({ name, bytes }: SourceFile): SourceFile {
  const text = `${textOf(bytes()).trimEnd()}\n${FINAL_LINE}\n`;
  return sourceFile(name, text);
}
