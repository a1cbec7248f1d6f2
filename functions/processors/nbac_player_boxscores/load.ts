/** Loads `player_box_*` files. When a game has rows in a full file, its rows in lite files are not used. */
import { fullLayout, issuesOf, liteLayout, minutesOf, statisticsOf } from '../../ingest/box-score.ts';
import { gameOf, isLeftOut, nameOf, playerIdOf, sideOf, type RawLoad } from '../../ingest/raw-load.ts';
import { scoreFaults } from '../../ingest/known-independently.ts';
import type { KnownPerson } from '../../../shared/domain/identity.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import definition from './definition.ts';

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_game_results'],
  layouts: {
    player_box: fullLayout(['player_id', 'player_name', 'position', 'minutes'], ['starter']),
    player_box_lite: liteLayout(['player_id', 'player_name', 'minutes'], ['starter']),
  },
  begin: (job) => {
    const gamesInFull = new Set<ScheduledGame>();
    /** The lookup of a player: the one under which he is known, however his name is spelled in later rows. */
    const lookupOf = (id: number, seen: KnownPerson): string => {
      const known = job.players.get(id) ?? seen;
      if (known.lookup !== seen.lookup)
        job.note(`rows call ${known.name} (id ${id}) ${seen.name}; the lookup stays ${known.lookup}`);
      return known.lookup;
    };

    return {
      read: (source, file) => {
        const lite = file.kind === 'player_box_lite';
        const game = gameOf(source, file, job);
        if (isLeftOut(game)) return game;
        if (lite && gamesInFull.has(game)) return { leftOut: 'lite rows of games with full rows not used' };
        const side = sideOf(source, game);
        const statistics = statisticsOf(source, lite);
        const minutes = minutesOf(source);
        const position = lite ? null : source.optionalText('position');
        const starter = source.has('starter') ? source.optionalFlag('starter') : null;
        const id = playerIdOf(source);
        const seen = nameOf(source, job);
        if (minutes !== null && minutes > 60) job.note('rows with more than 60 minutes');
        if (!lite) gamesInFull.add(game);
        return [
          {
            ...game.cells,
            ...side,
            player_lookup: lookupOf(id, seen),
            player_name: seen.name,
            nba_player_id: id,
            position,
            starter,
            minutes,
            ...statistics,
            source_detail: lite ? 'lite' : 'full',
            data_quality_issues: issuesOf({
              attempts_unknown: lite,
              minutes_unknown: minutes === null,
              position_unknown: position === null,
            }),
          },
        ];
      },
      finish: (rows) => {
        for (const { game, team, sum, final } of scoreFaults(rows, job.schedule.values()))
          job.note(
            `game ${game.gameId}: the players of ${team} have ${sum} points, the final score says ${final}`,
          );
      },
    };
  },
} satisfies RawLoad;
