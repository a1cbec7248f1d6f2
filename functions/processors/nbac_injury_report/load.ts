/**
 * Loads `injury_report_*` files, the hourly reports of the league, and the lists of a second source. A line that cannot be read as a
 * whole is still known to be a line of its team's report: it becomes a row without a status, so that no player of the team passes for
 * available because the line about him is not understood.
 */
import type { GameDate } from '../../../shared/domain/game-date.ts';
import { canonicalTeam, type Tricode } from '../../../shared/domain/teams.ts';
import type { Row } from '../../../shared/ports/warehouse.ts';
import { injuryStatusIn } from '../../ingest/injury-status.ts';
import { easternToUtc } from '../../../shared/domain/eastern-time.ts';
import { minutesBetween, parseUtc } from '../../ingest/instants.ts';
import {
  gameOf,
  isLeftOut,
  minutesBeforeTipoff,
  playerOfTeam,
  sideOf,
  teamOf,
  type LeftOut,
  type LoadJob,
  type RawLoad,
} from '../../ingest/raw-load.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import { RowRefusal, type SourceRow } from '../../ingest/source-row.ts';
import type { SourceFile } from '../../ingest/source-files.ts';
import definition from './definition.ts';

/** A time so many minutes after the tip-off is a wrong one: reports on a game end with the game. */
const TOO_LATE_MINUTES = 12 * 60;

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_player_boxscores'],
  layouts: {
    injury_report: {
      needed: [
        'season',
        'season_type',
        'game_id',
        'game_date',
        'team',
        'player_id',
        'player_name',
        'status',
        'reason',
        'report_utc',
      ],
    },
    timed_injury_report: {
      needed: [
        ...[
          'game_date',
          'home_team',
          'visitor_team',
          'team',
          'player_name',
          'status',
          'reason',
          'report_utc',
        ],
      ],
      unused: ['snapshot'],
    },
    // A list says who is hurt in the whole league at the moment of the question. For a game, the last list before its tip-off counts.
    injury_list: {
      needed: ['game_date', 'team', 'player_name', 'status', 'reason', 'report_utc'],
      unused: ['snapshot'],
      isLastFirst: true,
    },
  },
  begin: (job) => {
    /** When the lists were made that were read so far, the last one first. */
    const lists = new Set<string>();
    const isReplaced = (at: string, { tipoffAt }: ScheduledGame): boolean =>
      lists.values().some((other) => at < other && (tipoffAt === null || other <= tipoffAt));
    /** What is not understood of each line that was read in part only. */
    const unread: string[] = [];
    /** A row that says of a team only that its report is not wholly known. */
    const unknownRow = (game: ScheduledGame, team: Tricode, name: string): Row => ({
      ...game.cells,
      team_abbr: team,
      player_lookup: `unread_${unread.length}_${team.toLowerCase()}`,
      nba_player_id: null,
      player_name: name === '' ? 'unknown' : name,
      matched_by: 'nobody',
      injury_status: null,
      reason: null,
      report_at: latestTime(game),
      minutes_before_tipoff: 0,
      is_whole_report: false,
    });
    const tell = (what: string): void => {
      unread.push(what);
      job.note(`${what}: nobody of the team is said to be available`);
    };

    /** The row of a line whose game and team are known. @throws RowRefusal when its player cannot be told */
    const rowsOf = (source: SourceRow, file: SourceFile, game: ScheduledGame): Row[] => {
      const { team_abbr, opponent_team_abbr } = sideOf(source, game);
      const at = timeOf(source.raw('report_utc'), game);
      const minutes = minutesBeforeTipoff(at ?? null, game.tipoffAt);
      const { cells: player, isContradicted } = playerOfTeam(source, job, team_abbr, opponent_team_abbr);
      const status = injuryStatusIn(source.raw('status'));
      if (at === undefined) tell(`report_utc is "${source.raw('report_utc')}", which is no time of a report`);
      else if (status === undefined) tell(`status is "${source.raw('status')}", which is none that is known`);
      const row = {
        ...game.cells,
        team_abbr,
        ...player,
        injury_status: at === undefined ? null : (status ?? null),
        reason: source.optionalText('reason'),
        report_at: at ?? latestTime(game),
        minutes_before_tipoff: minutes,
        is_whole_report: isWhole(file),
      };
      if (!isContradicted) return [row];
      tell(`${team_abbr} reports ${player.player_name}, who plays for ${opponent_team_abbr}`);
      return [row, unknownRow(game, opponent_team_abbr, player.player_name)];
    };

    return {
      read: (source, file) => {
        const isList = file.kind === 'injury_list';
        const at = isList ? parseUtc(source.raw('report_utc')) : undefined;
        if (at !== undefined) lists.add(at);
        const game = isList ? gameOfTeam(source, job) : gameAsFarAsKnown(source, file, job);
        if (isLeftOut(game)) return game;
        if ((isList || isWhole(file)) && isAfterTipoff(source, game.found)) return { leftOut: AFTER_TIPOFF };
        if (at !== undefined && isReplaced(at, game.found)) return { leftOut: REPLACED };
        try {
          if (game.refusal !== undefined) throw game.refusal;
          return rowsOf(source, file, game.found);
        } catch (error) {
          if (!(error instanceof RowRefusal) || isInPlay(source, game.found)) throw error;
          tell(error.message);
          const { home, away } = game.found;
          const team = canonicalTeam(source.raw('team'));
          const teams = team === home || team === away ? [team] : [home, away];
          return teams.map((each) => unknownRow(game.found, each, source.raw('player_name')));
        }
      },
      finish: (_rows, amend) => {
        const [first] = unread;
        if (first === undefined) return;
        const more = unread.length > 1 ? ` and ${unread.length - 1} more` : '';
        amend.lacks({ code: 'rows_unread', detail: `${first}${more}`, rows: unread.length });
      },
    };
  },
} satisfies RawLoad;

/** The game of a line, and why the line is refused where it cannot be used as a whole. */
interface FoundGame {
  readonly found: ScheduledGame;
  readonly refusal?: RowRefusal;
}

/**
 * The game of a line. Where the line is refused for its game, that of its team on its date, with the refusal.
 * @throws RowRefusal when there is none
 */
function gameAsFarAsKnown(source: SourceRow, file: SourceFile, job: LoadJob): FoundGame | LeftOut {
  try {
    const game = gameOf(source, file, job);
    return isLeftOut(game) ? game : { found: game };
  } catch (error) {
    if (!(error instanceof RowRefusal)) throw error;
    const found = gameOn(source.gameDate(), canonicalTeam(source.raw('team')), job);
    if (found === undefined) throw error;
    return { found, refusal: error };
  }
}

/** The game of a line that names a team alone. @throws RowRefusal when the cell names no team */
function gameOfTeam(source: SourceRow, job: LoadJob): FoundGame | LeftOut {
  const found = gameOn(source.gameDate(), teamOf(source, 'team'), job);
  return found === undefined ? { leftOut: NO_GAME } : { found };
}

/** The game of a team on a date; undefined when it has none. */
function gameOn(date: GameDate, team: Tricode | undefined, { schedule }: LoadJob): ScheduledGame | undefined {
  return schedule.values().find((game) => game.date === date && (game.home === team || game.away === team));
}

/** Whether a report names everybody whom a team reports at its time. */
function isWhole({ kind }: SourceFile): boolean {
  return kind === 'timed_injury_report';
}

const NO_GAME = 'rows of teams that have no game on the date';
const REPLACED = 'rows of lists of which there is a later one before the tip-off';
const AFTER_TIPOFF = 'rows of reports made after the tip-off not used';

function isAfterTipoff(source: SourceRow, { tipoffAt }: ScheduledGame): boolean {
  const at = parseUtc(source.raw('report_utc'));
  return at !== undefined && tipoffAt !== null && at > tipoffAt;
}

/** The time of a report; undefined when a cell has none, or one at which no report on the game is published any more. */
function timeOf(cell: string, { tipoffAt }: ScheduledGame): string | undefined {
  const at = parseUtc(cell);
  if (at === undefined || tipoffAt === null) return at;
  return minutesBetween(tipoffAt, at) > TOO_LATE_MINUTES ? undefined : at;
}

/** Whether a line is of the time of the game itself, so that it must not be used at all. */
function isInPlay(source: SourceRow, game: ScheduledGame): boolean {
  const at = timeOf(source.raw('report_utc'), game);
  return at !== undefined && game.tipoffAt !== null && minutesBetween(game.tipoffAt, at) > 0;
}

/** The latest time at which a line without one can have been published: the tip-off, or the last minute of the date. */
function latestTime({ date, tipoffAt }: ScheduledGame): string {
  return tipoffAt ?? easternToUtc(`${date}T23:59:00`) ?? `${date}T23:59:00Z`;
}
