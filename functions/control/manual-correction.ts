/**
 * What a person says of a line in the box score of a game, as a source file: all lines of the game as they are known, with other
 * values in one of them. The file says itself who has corrected what, and why. Its source is `manual`.
 */
import Papa from 'papaparse';
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { parseAnyGameId, parseGameId, seasonOfGame, type NbaGameId } from '../../shared/domain/game-id.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { canonicalTeam } from '../../shared/domain/teams.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { knownAliases } from '../../shared/state/aliases.ts';
import { knownPlayers } from '../../shared/state/players.ts';
import { archivedParts } from '../ingest/archived-lines.ts';
import { CORRECTABLE, NAMES_IN_FILES } from '../ingest/box-score.ts';
import { subjectOf } from '../ingest/file-slices.ts';
import { loadTable, type SourcePart } from '../ingest/load-table.ts';
import { plainCell } from '../ingest/plain-cells.ts';
import { CORRECTED_COLUMNS, MANUAL, sourceFileOf } from '../ingest/source-files.ts';
import { cellsOf, columnsOf } from '../ingest/source-text.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import type { SourceFile } from './archive-files.ts';
import { gamesOfDate } from './archived-schedule.ts';
import { contextOfDate, tablesToKnow, type KnownArchive } from './date-context.ts';

/** What a person corrects: other values in the line of a player or of a team in one game. */
export interface ManualCorrection {
  /** `20240126_DAL_ATL`, or the ten digits of the league. */
  readonly game: string;
  /** The `player_lookup` of the player or his id; undefined for the line of a team. */
  readonly player?: string | undefined;
  readonly team?: string | undefined;
  /** Column of the table -> the value as files write it, such as `34:12` minutes; empty for a value that nobody knows. */
  readonly values: ReadonlyMap<string, string>;
  readonly by: string;
  readonly reason: string;
}

interface ManualPorts {
  readonly store: StateStore;
  readonly archive: ArchiveStore;
}

/**
 * Makes the file of a correction from what is archived of the game.
 * @throws RequestError when there is no such game, line or column, or when the line cannot be loaded with these values
 */
export async function manualCorrection(
  ports: ManualPorts,
  correction: ManualCorrection,
): Promise<SourceFile> {
  const { game, player, team, values } = correction;
  if ((player === undefined) === (team === undefined))
    throw new RequestError('Name the line with either --player or --team');
  if (values.size === 0)
    throw new RequestError('Say what is right with --set COLUMN=VALUE', { flag: '--set' });
  for (const column of values.keys())
    if (!CORRECTABLE.includes(column))
      throw new RequestError(
        `--set: ${column} is no column of a box score that can be corrected; there are ${CORRECTABLE.join(', ')}`,
        { flag: '--set' },
      );
  const load = RAW_LOADS.of(player === undefined ? 'nbac_team_boxscore' : 'nbac_player_boxscores');
  const season = seasonOfNamed(game);
  const names = [...new Set([load.definition.name, ...tablesToKnow(load), 'nbac_schedule'])];
  const archives = await archivesOf(ports, names, season);
  const known: KnownArchive = {
    season,
    archives: new Map(names.map((name, i) => [name, archives[i]])),
    parts: archivedParts(ports.archive),
    players: await knownPlayers(ports),
    aliases: await knownAliases(ports),
  };
  const { date, id } = await placeOf(known, game);
  const archive = known.archives.get(load.definition.name);
  const parts = archive === undefined ? [] : await known.parts(archive, date);
  const context = await contextOfDate(known, load, date, new Map());
  const isOf = (row: Row): boolean =>
    row['nba_game_id'] === id &&
    (player === undefined
      ? row['team_abbr'] === canonicalTeam(team ?? '')
      : row['player_lookup'] === player || String(row['nba_player_id']) === player);
  const entity = player ?? team ?? '';
  const [row] = loadTable(load, season, parts, context, date).rows.filter(isOf);
  if (row === undefined)
    throw new RequestError(
      `${load.definition.name} has no line of ${entity} in ${game}; see the lines of the date with: fullcourt query "SELECT * FROM nba_raw.${load.definition.name} WHERE game_date = '${date}'"`,
      { flag: player === undefined ? '--team' : '--player' },
    );
  // Of a full and a lite file the first in the order of the layouts gives the row.
  const ofGame = parts.map((part) => linesOfGame(part, id)).filter(({ lines }) => lines.length > 0);
  const own = Object.keys(load.layouts)
    .map((kind) => ofGame.findLast((part) => sourceFileOf(part.name)?.kind === kind))
    .find((part) => part !== undefined);
  const kind = own === undefined ? undefined : sourceFileOf(own.name)?.kind;
  if (own === undefined || kind === undefined) throw new Error(`No archived line gives ${entity} in ${game}`);
  const text = correctedText(own, kind, row, correction);
  const name = `${kind}_${MANUAL}_${season}.csv`;
  const [header = '', ...lines] = text.split('\n');
  const part: SourcePart = {
    name,
    header,
    lines: lines.filter((line) => line !== '').map((line, i) => ({ number: i + 2, text: line })),
  };
  const loaded = loadTable(load, season, [part], context, date);
  const now = loaded.rows.find(isOf);
  const [reject] = loaded.rejects;
  if (now === undefined)
    throw new RequestError(
      `The line of ${entity} in ${game} cannot be so: ${reject?.reason ?? 'it has no numbers'}`,
      { flag: '--set' },
    );
  for (const [column, value] of values)
    if (value !== '' && (now[column] ?? null) === null)
      throw new RequestError(`--set ${column}=${value}: ${value} cannot be the ${column} of this line`, {
        flag: '--set',
      });
  return { name, bytes: () => new TextEncoder().encode(text) };
}

function seasonOfNamed(game: string): Season {
  const named = parseGameId(game);
  if (named !== undefined) return seasonOf(named.date);
  const id = parseAnyGameId(game);
  if (id !== undefined) return seasonOfGame(id);
  throw new RequestError(`--game must be a game such as 20240126_DAL_ATL or 0022300645, not "${game}"`, {
    flag: '--game',
  });
}

/** The date of a game and its id at the league. @throws RequestError when the schedule does not have it */
async function placeOf(
  { season, archives, parts }: KnownArchive,
  game: string,
): Promise<{ readonly date: GameDate; readonly id: NbaGameId }> {
  const schedule = archives.get('nbac_schedule');
  const named = parseGameId(game);
  const dates =
    named === undefined
      ? (Object.keys(schedule?.slices ?? {}) as GameDate[]).filter((date) =>
          schedule?.slices[date]?.some(({ subjects }) => subjects.includes(game)),
        )
      : [named.date];
  const date = dates.sort().at(-1);
  const asked = { season, archives: [schedule], parts };
  const games = date === undefined ? [] : [...(await gamesOfDate(asked, date, [], new Map())).values()];
  const found = games.find(({ gameId, nbaGameId }) => gameId === game || nbaGameId === game);
  if (found === undefined)
    throw new RequestError(`The schedule of ${season} has no game ${game}`, { flag: '--game' });
  return { date: found.date, id: found.nbaGameId };
}

/** The lines of a part about one game. */
function linesOfGame(part: SourcePart, game: NbaGameId): SourcePart {
  const parsed = columnsOf(part.header);
  const at = 'cells' in parsed ? parsed.cells.indexOf('game_id') : -1;
  const lines = part.lines.filter(({ text }) => {
    const found = cellsOf(text);
    return 'cells' in found && subjectOf('game_id', found.cells[at] ?? '') === game;
  });
  return { ...part, lines };
}

/** The text of the file: the lines of the game, one of them with other values. */
function correctedText(
  { header, lines }: SourcePart,
  kind: FileKind,
  row: Row,
  { values, by, reason }: ManualCorrection,
): string {
  const parsed = columnsOf(header);
  const before = 'cells' in parsed ? parsed.cells : [];
  const fields = [...before, ...CORRECTED_COLUMNS.filter((column) => !before.includes(column))];
  const at = (column: string): number => fields.indexOf(column);
  const isCorrected = (cells: readonly string[]): boolean => {
    const text = (column: string): string => plainCell(cells[at(column)] ?? '');
    return row['nba_player_id'] === undefined
      ? canonicalTeam(text('team')) === row['team_abbr']
      : Number(text('player_id')) === row['nba_player_id'];
  };
  const data = lines.flatMap(({ text }) => {
    const found = cellsOf(text);
    if (!('cells' in found)) return [];
    const cells: Cell[] = fields.map((_, i) => found.cells[i] ?? '');
    if (!isCorrected(found.cells)) return [cells];
    for (const [column, value] of values) {
      const place = at(NAMES_IN_FILES[column] ?? column);
      if (place < 0)
        throw new RequestError(
          `--set: ${column} is in no line of the game, which comes from a file ${kind}`,
          {
            flag: '--set',
          },
        );
      cells[place] = value;
    }
    const [what, who, why] = CORRECTED_COLUMNS;
    const already = String(cells[at(what)] ?? '').split(' ');
    cells[at(what)] = [...new Set([...already, ...values.keys()])].filter(Boolean).join(' ');
    cells[at(who)] = by;
    cells[at(why)] = reason.replaceAll(/\s+/g, ' ');
    return [cells];
  });
  return `${Papa.unparse({ fields, data }, { newline: '\n' })}\n`;
}
