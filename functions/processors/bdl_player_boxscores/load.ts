/** Loads `named_player_box` files, which are what Ball Don't Lie answers: players by name, games by date and teams. */
import {
  doubtedLines,
  isWithoutNumbers,
  minutesOf,
  nameIssues,
  statisticsOf,
} from '../../ingest/box-score.ts';
import { gameOf, isLeftOut, playerOfTeam, sideOf, type RawLoad } from '../../ingest/raw-load.ts';
import { scoreFaults } from '../../ingest/known-independently.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import { positionIn } from '../../ingest/source-codes.ts';
import { refuse } from '../../ingest/source-row.ts';
import type { Cell, Row } from '../../../shared/ports/warehouse.ts';
import { rowsThatStandIn } from '../../ingest/stand-ins.ts';
import definition from './definition.ts';

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_game_results', 'nbac_player_boxscores'],
  layouts: {
    named_player_box: {
      needed: [
        ...['game_date', 'home_team', 'visitor_team', 'team', 'player_name', 'bdl_player_id', 'position'],
        ...['minutes', 'fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta', 'oreb', 'dreb', 'reb', 'ast', 'stl'],
        ...['blk', 'tov', 'pf', 'pts', 'plus_minus'],
      ],
      unused: ['game'],
    },
  },
  begin: (job) => {
    const doubted = doubtedLines();
    const games = new Map<Cell, ScheduledGame>();
    return {
      read: (source, file) => {
        const game = gameOf(source, file, job);
        if (isLeftOut(game)) return game;
        const side = sideOf(source, game);
        if (isWithoutNumbers(source)) return { leftOut: 'rows of players who did not play, without numbers' };
        const statistics = statisticsOf(source, false);
        const final = side.is_home ? game.score?.home : game.score?.away;
        if (final !== undefined && Number(statistics['points']) > final)
          refuse(`pts is ${statistics['points']}, ${side.team_abbr} has ${final} points in ${game.gameId}`);
        const { cells: player, isContradicted } = playerOfTeam(
          source,
          job,
          side.team_abbr,
          side.opponent_team_abbr,
        );
        if (isContradicted)
          job.note(`${side.team_abbr} has ${player.player_name}, who plays for ${side.opponent_team_abbr}`);
        const position = source.optionalText('position');
        const row: Record<string, Cell> = {
          ...game.cells,
          ...side,
          ...player,
          bdl_player_id: source.optionalCount('bdl_player_id'),
          position: position === null ? null : positionIn(position),
          minutes: minutesOf(source),
          ...statistics,
          team_points_add_up: false,
          stands_in: false,
          source_detail: 'full',
          data_quality_issues: null,
        };
        nameIssues(row);
        games.set(game.nbaGameId, game);
        doubted.see(`${game.nbaGameId} ${player.player_lookup}`, row);
        return [row];
      },
      amended: nameIssues,
      finish: (rows, amend) => {
        const aside = new Set<Row>();
        doubted.settle({
          setAside: (row, reason) => {
            aside.add(row);
            amend.setAside(row, reason);
          },
        });
        const kept = rows.filter((row) => !aside.has(row));
        const faults = new Set(
          scoreFaults(kept, games.values()).map(({ game, team }) => `${game.nbaGameId} ${team}`),
        );
        for (const row of kept) {
          const own: Record<string, Cell> = row;
          const { nba_game_id: game = null, team_abbr: team = null } = row;
          own['team_points_add_up'] =
            games.get(game)?.score != null && !faults.has(`${String(game)} ${String(team)}`);
        }
        for (const row of rowsThatStandIn(kept, job.league ?? [])) {
          const own: Record<string, Cell> = row;
          own['stands_in'] = true;
        }
      },
    };
  },
} satisfies RawLoad;
