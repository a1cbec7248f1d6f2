/** Reads lines of bookmakers on the points of players, from whatever source they come. */
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import type { RawTable } from '../../shared/domain/table.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import {
  checkTeams,
  gameOf,
  instantOf,
  isLeftOut,
  minutesBeforeTipoff,
  playerOf,
  type LoadJob,
  type RawLoad,
} from './raw-load.ts';
import { gameWithoutDoubt, gamesInDoubt, isInPlay, UNREAD, unlessRefused } from './refused-lines.ts';
import type { ScheduledGame } from './schedule.ts';
import type { SourceFile } from './source-files.ts';
import { refuse, type SourceRow } from './source-row.ts';

const MARKET = 'player_points';
/** The collection of lines that live sources answer. */
const SOURCES: Readonly<Partial<Record<FileKind, string>>> = {
  event_props: 'odds_api',
  bettingpros_props: 'bettingpros',
};
/** A market that a source may have, such as player_rebounds. */
const A_MARKET = /^[a-z][a-z0-9_]+$/;

/** The columns that a kind of file with the answers of a live source has. */
export const ANSWERED_LINES = {
  needed: [
    ...['game_date', 'home_team', 'visitor_team', 'player_name', 'market', 'bookmaker', 'line'],
    ...['over_price', 'under_price', 'is_main_line', 'snapshot_utc', 'commence_utc'],
  ],
  unused: ['snapshot'],
} as const;

/** The smallest and the largest line, in points, that can be believed. */
interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The load of a table of lines on points. Rows of other markets are counted as not used. */
export function playerLinesLoad(definition: RawTable, bounds: Bounds, layouts: RawLoad['layouts']): RawLoad {
  const rowOf = rowsWithin(bounds);
  return {
    definition,
    knows: ['nbac_schedule', 'nbac_player_boxscores'],
    layouts,
    begin: (job) => {
      const said = contradictions();
      return {
        read: (source, file) => {
          const market = source.text('market');
          if (market !== MARKET) {
            return A_MARKET.test(market)
              ? { leftOut: `rows of market ${market} not used` }
              : refuse(`market is "${market}", which is no market`);
          }
          const game = gameOf(source, file, job);
          if (isLeftOut(game)) return game;
          checkTeams(source, game);
          const row = rowOf(source, file, game, job);
          const contradiction = said.contradiction(row);
          if (contradiction !== undefined) refuse(contradiction);
          said.add(row);
          return [row];
        },
        standIns: (source, file, date) => {
          const game = source === undefined ? undefined : gameWithoutDoubt(source, file, job);
          if (source === undefined || game === undefined)
            return gamesInDoubt(source, job, date).map((each) => standIn(each, NOBODY));
          if (isInPlay(source, game)) return [];
          const row = unlessRefused(() => rowOf(source, file, game, job));
          const isContradicted = row !== undefined && said.contradiction(row) !== undefined;
          if (!isContradicted && unlessRefused(() => source.flag('is_main_line')) === false) return [];
          const player = unlessRefused(() => playerOf(source, job, [game.home, game.away]));
          return [
            standIn(game, player === undefined || player.nba_player_id === null ? NOBODY : { ...player }),
          ];
        },
      };
    },
  };
}

const rowsWithin =
  (bounds: Bounds) =>
  (source: SourceRow, file: SourceFile, game: ScheduledGame, job: LoadJob): Row => {
    const at = instantOf(source, 'snapshot_utc');
    const points = lineOf(source, bounds);
    return {
      ...game.cells,
      ...playerOf(source, job, [game.home, game.away]),
      bookmaker: source.text('bookmaker'),
      points_line: points,
      over_price: americanOdds(source, 'over_price'),
      under_price: americanOdds(source, 'under_price'),
      is_main_line: source.flag('is_main_line'),
      snapshot_label: `${at ?? 'closing'} ${points}`,
      snapshot_at: at,
      minutes_before_tipoff: minutesBeforeTipoff(
        at,
        source.optional(() => instantOf(source, 'commence_utc')) ?? game.tipoffAt,
      ),
      source: SOURCES[file.kind] ?? source.text('source'),
    };
  };

/** What was read, to find a line that contradicts it: a book has one main line on a player at one time. */
function contradictions() {
  /** The main line of a book on a player at one time, and whether a line of one source is the main one. */
  const mains = new Map<string, Cell>();
  const flags = new Map<string, Cell>();
  const keysOf = (row: Row) => {
    const { nba_game_id: game, player_lookup: player, bookmaker, snapshot_at: at, source } = row;
    const whose = [game, player, bookmaker, at ?? 'closing'].join('|');
    return { whose, line: [whose, row['points_line'], source].join('|') };
  };
  return {
    /** Why a line cannot be right beside those that were read; undefined when it can. */
    contradiction: (row: Row): string | undefined => {
      const { points_line: points = null, is_main_line: isMain = null } = row;
      const { whose, line } = keysOf(row);
      const main = mains.get(whose) ?? points;
      if (isMain === true && main !== points)
        return `the main line is ${String(points)}, another line of the same book and time has ${String(main)}`;
      return (flags.get(line) ?? isMain) === isMain
        ? undefined
        : `the line ${String(points)} is the main one and is not, by two lines of the same book and time`;
    },
    add: (row: Row): void => {
      const { whose, line } = keysOf(row);
      if (row['is_main_line'] === true) mains.set(whose, row['points_line'] ?? null);
      flags.set(line, row['is_main_line'] ?? null);
    },
  };
}

const NOBODY = { player_lookup: UNREAD, nba_player_id: null, player_name: UNREAD, matched_by: 'nobody' };

/** The row of a refused line: nothing is known of the line of the player, or, for nobody, of any line of the game. */
function standIn(game: ScheduledGame, player: Row): Row {
  return {
    ...game.cells,
    ...player,
    bookmaker: UNREAD,
    points_line: null,
    over_price: null,
    under_price: null,
    is_main_line: true,
    snapshot_label: UNREAD,
    snapshot_at: null,
    minutes_before_tipoff: null,
    source: UNREAD,
  };
}

function lineOf(source: SourceRow, { min, max }: Bounds): number {
  const line = source.decimal('line');
  if (line < min || line > max) refuse(`line is ${line}, outside ${min} to ${max}`);
  return Number.isInteger(line * 2) ? line : refuse(`line is ${line}, no multiple of 0.5`);
}

/** American odds; null when they are unknown, and, with a note, when the cell has none. `even` is 100. */
function americanOdds(source: SourceRow, column: string): number | null {
  if (source.isUnknown(column)) return null;
  return source.optional(() => {
    const odds = /^even$/i.test(source.raw(column)) ? 100 : source.whole(column);
    return Math.abs(odds) < 100
      ? refuse(`${column} is ${odds}; American odds are 100 or more either way`)
      : odds;
  });
}
