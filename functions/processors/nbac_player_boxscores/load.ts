/** Loads `player_box_*` files. When a game has rows in a full file, its rows in lite files are not used. */
import type { KnownPerson } from '../../../shared/domain/identity.ts';
import {
  doubtedLines,
  fullLayout,
  isWithoutNumbers,
  liteLayout,
  minutesOf,
  nameInDoubt,
  nameIssues,
  nameUnreadable,
  statisticsOf,
} from '../../ingest/box-score.ts';
import { bareLookup } from '../../../shared/domain/namesakes.ts';
import { firstNameFirst } from '../../../shared/domain/player-names.ts';
import { gameLengths } from '../../ingest/game-length.ts';
import { idsInDoubt, lackOfIds } from '../../ingest/ids-in-doubt.ts';
import { isMoreThanMinutes, minutesInOtherForm } from '../../ingest/minutes-of-game.ts';
import { LEFT_NULL } from '../../ingest/notebook.ts';
import {
  gameOf,
  isLeftOut,
  nameOf,
  playerIdOf,
  sideOf,
  type Amend,
  type RawLoad,
} from '../../ingest/raw-load.ts';
import { scoreFaults } from '../../ingest/known-independently.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import { positionIn } from '../../ingest/source-codes.ts';
import { refuse } from '../../ingest/source-row.ts';
import type { Cell, Row } from '../../../shared/ports/warehouse.ts';
import { strangeGames } from '../../ingest/unread-games.ts';
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
    const doubted = doubtedLines();
    const strange = strangeGames(job);
    /** The cell with the minutes of each row, by game. */
    const cellsOfGames = new Map<Cell, Map<Row, string>>();
    /**
     * The lookup of a player: the one under which he is known, however his name is spelled in later rows.
     * @throws RowRefusal when the name is that of somebody else who plays in the game
     */
    const lookupOf = (id: number, seen: KnownPerson, teams: readonly string[]): string => {
      const known = job.players.get(id) ?? seen;
      if (known.lookup === seen.lookup) return known.lookup;
      const other = job.namesAnother({ id, name: seen.name, teams });
      if (other !== undefined)
        refuse(
          `player_id is ${id}, which is ${known.name}, and player_name is ${seen.name}, who is ${other}`,
        );
      if (bareLookup(known.lookup) !== seen.lookup)
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
        if (isWithoutNumbers(source)) return { leftOut: 'rows of players who did not play, without numbers' };
        const statistics = statisticsOf(source, lite);
        // A number of seconds is left for the check of the whole game.
        const minutes = isMoreThanMinutes(source.raw('minutes')) ? null : minutesOf(source);
        const final = side.is_home ? game.score?.home : game.score?.away;
        if (final !== undefined && Number(statistics['points']) > final)
          refuse(`pts is ${statistics['points']}, ${side.team_abbr} has ${final} points in ${game.gameId}`);
        const written = lite ? null : source.optionalText('position');
        const position = written === null ? null : positionIn(written);
        const starter = source.has('starter') ? source.optionalFlag('starter') : null;
        const id = playerIdOf(source);
        const name = firstNameFirst(nameOf(source, job).name);
        const seen = { name, lookup: job.lookupOf(name) };
        if (!lite) gamesInFull.add(game);
        const row: Record<string, Cell> = {
          ...game.cells,
          ...side,
          player_lookup: lookupOf(id, seen, [side.team_abbr, side.opponent_team_abbr]),
          player_name: seen.name,
          nba_player_id: id,
          position,
          starter,
          minutes,
          ...statistics,
          source_detail: lite ? 'lite' : 'full',
          data_quality_issues: null,
        };
        nameIssues(row);
        doubted.see(`${game.nbaGameId} ${id}`, row);
        const ofGame = cellsOfGames.get(game.nbaGameId) ?? new Map<Row, string>();
        cellsOfGames.set(game.nbaGameId, ofGame.set(row, source.raw('minutes')));
        return [row];
      },
      amended: nameIssues,
      standIns: (source, _file, date) => {
        strange.see(source, date);
        return [];
      },
      finish: (rows, amend) => {
        strange.tell(amend);
        doubted.settle(amend);
        const loaded = new Set(rows);
        for (const ofGame of cellsOfGames.values())
          readMinutes(new Map([...ofGame].filter(([row]) => loaded.has(row))), job.note, amend);
        boundMinutes(rows, amend);
        for (const ofGame of cellsOfGames.values())
          for (const [row, cell] of ofGame) nameUnreadable(row, cell);
        const gameIdOf = (row: Row): string => String(row['game_id']);
        const inDoubt = idsInDoubt(rows, job.players, job.season, gameIdOf);
        for (const { row } of inDoubt) nameInDoubt(row);
        const lack = lackOfIds(inDoubt, gameIdOf);
        if (lack !== undefined) amend.lacks(lack);
        for (const { game, team, sum, final } of scoreFaults(rows, job.schedule.values()))
          job.note(
            `game ${game.gameId}: the players of ${team} have ${sum} points, the final score says ${final}`,
          );
      },
    };
  },
} satisfies RawLoad;

/**
 * Reads the minutes of a game in the form in which they are those of a game. Where there are seconds among them and no form fits,
 * all of them are unknown when most are seconds, else the seconds alone.
 */
function readMinutes(cells: ReadonlyMap<Row, string>, note: (text: string) => void, amend: Amend): void {
  const read = minutesInOtherForm(cells);
  if (read !== undefined) {
    for (const [row, minutes] of read) {
      const own: Record<string, Cell> = row;
      own['minutes'] = minutes;
      nameIssues(own);
    }
    note(
      'minutes are written as seconds, or with a point before the seconds: read by the length of the game',
    );
    return;
  }
  const seconds = [...cells].filter(([, cell]) => isMoreThanMinutes(cell));
  for (const [, cell] of seconds) note(`minutes are "${cell}"${LEFT_NULL}`);
  if (seconds.length <= cells.size / 2) return;
  for (const [row] of cells)
    if (row['minutes'] != null) amend.leaveNull(row, 'minutes', 'most players of the game have seconds');
}

/** Leaves the minutes NULL of a player who has more than his game lasted. */
function boundMinutes(rows: readonly Row[], { leaveNull }: Amend): void {
  const lengths = gameLengths(rows);
  for (const row of rows) {
    const length = lengths.get(row['nba_game_id']);
    const { minutes = null } = row;
    if (length !== undefined && minutes !== null && Number(minutes) > length)
      leaveNull(row, 'minutes', `the game lasted ${length}`);
  }
}
