/**
 * The rows of the model of the warehouse. A row is not computed by SQL but is the hash of exactly what the declared
 * windows of its table hold at that moment: who reads one partition more or less gets another row.
 *
 * Every row has two halves. The core is what every table reads; the note is what only some tables use, so that a change
 * of a note stops at a table that ignores it.
 */
import { addDays, type GameDate } from '../../../shared/domain/game-date.ts';
import { digest } from '../../../shared/domain/hash.ts';
import { firstDateOf, seasonOf } from '../../../shared/domain/season.ts';
import {
  gamesIn,
  type Input,
  isRaw,
  sourceColumns,
  type TableDefinition,
  isOncePerSeason,
} from '../../../shared/domain/table.ts';
import { readEnd, readStart as startOfWindow } from '../../../shared/domain/window.ts';
import type { Row, ScheduleFact, StagedDate, StageJob } from '../../../shared/ports/warehouse.ts';

/** Column of a loaded row that is its note; all others are its core. */
const NOTE_COLUMN = 'note';

export interface ModelRow {
  readonly entity: string;
  readonly teams: readonly string[];
  readonly game: string | undefined;
  readonly core: string;
  readonly note: string;
  /** Whether the row counts as a game of its entity. */
  readonly played: boolean;
  readonly broken: boolean;
  /** The values as they were loaded; absent for a row that a query stands for. */
  readonly cells?: Row;
}

export interface ModelPartition {
  readonly rows: readonly ModelRow[];
  readonly fingerprint: string;
  /** What its readers see; empty where they use none of its rows. */
  readonly core: string;
  readonly note: string;
  readonly token: number;
}

export interface ModelOptions {
  /** Tables whose rows are the same whatever the notes of their inputs say. */
  readonly ignoreNotes?: readonly string[];
  /** Players a team is known to have before a game. */
  readonly playersPerTeam: number;
  /** Whether the queries that read a table use a row that was loaded, such as one that stands in for another source; by default all. */
  readonly isUsed?: (table: string, row: Row) => boolean;
  /** The tables whose rows are used where a table lacks them, by those that read both; by default none. */
  readonly standInsOf?: (table: string) => readonly string[];
}

export type Tables = Map<string, Map<GameDate, ModelPartition>>;

export const EMPTY_FINGERPRINT = digest('0');

export function fingerprintOf(rows: readonly ModelRow[]): string {
  return rows.length === 0
    ? EMPTY_FINGERPRINT
    : digest(rows.map(({ entity, core, note }) => `${entity} ${core} ${note}`).join('\n'));
}
function coreOf(rows: readonly ModelRow[]): string {
  return digest(rows.map(({ entity, core }) => `${entity} ${core}`).join('\n'));
}
function noteOf(rows: readonly ModelRow[]): string {
  return digest(rows.map(({ entity, note }) => `${entity} ${note}`).join('\n'));
}

/** The rows of a table that the queries which read it use. */
function usedRows(
  table: string,
  rows: readonly ModelRow[],
  { isUsed = () => true }: ModelOptions,
): readonly ModelRow[] {
  return rows.filter(({ cells }) => cells === undefined || isUsed(table, cells));
}

function isRead({ inputs }: TableDefinition, table: string): boolean {
  return inputs.some((input) => input.table === table);
}

/** The partition that these rows make; there must be some. */
export function partitionOf(
  table: string,
  rows: readonly ModelRow[],
  token: number,
  options: ModelOptions,
): ModelPartition {
  const used = usedRows(table, rows, options);
  const seen = used.length === 0 ? { core: '', note: '' } : { core: coreOf(used), note: noteOf(used) };
  return { rows, token, fingerprint: fingerprintOf(rows), ...seen };
}

/** For each date of these seasons that has a game, how many games it has. */
export function scheduleFactsIn(tables: Tables, seasons: readonly string[]): ScheduleFact[] {
  return [...(tables.get('nbac_schedule') ?? [])]
    .filter(([date]) => seasons.includes(seasonOf(date)))
    .map(([date, { rows }]): ScheduleFact => {
      const results = tables.get('nbac_game_results')?.get(date)?.rows ?? [];
      const final = new Set(results.map(({ game }) => game));
      const finalGames = rows.filter(({ game }) => final.has(game)).length;
      return {
        date,
        season: seasonOf(date),
        games: rows.length,
        finalGames,
        regularGames: rows.length,
        playedGames: finalGames,
      };
    })
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

export function rowsOf(job: StageJob, date: GameDate, tables: Tables, options: ModelOptions): ModelRow[] {
  const { definition } = job.table;
  if (definition.rowsFrom !== 'query') {
    const rows = (job.rows ?? []).filter((row) => row[definition.partitionColumn] === date);
    return rows.map((row) => loadedRow(definition, row)).sort((a, b) => (a.entity < b.entity ? -1 : 1));
  }
  const core: string[] = [job.table.codeFingerprint, date];
  const notes: string[] = [date];
  for (const input of definition.inputs) {
    const seen = seenThrough(input, date, job.readStart, tables);
    core.push(seen.core);
    notes.push(seen.note);
  }
  const [coreText, noteText] = [
    core.join('\n'),
    options.ignoreNotes?.includes(definition.name) === true ? '' : notes.join('\n'),
  ];
  return universeOf(definition, date, tables, options).map(({ entity, teams, game, played }) => ({
    entity,
    teams,
    game,
    played,
    core: digest(`${entity} ${coreText}`),
    note: noteText === '' ? '' : digest(`${entity} ${noteText}`),
    broken: false,
  }));
}

function loadedRow(definition: TableDefinition, row: Row): ModelRow {
  const teams = [row['team_abbr'], row['home_team_abbr'], row['away_team_abbr']].filter(
    (team) => typeof team === 'string',
  );
  // NULL and no value are the same, and columns have no order. From where a row was learned is no part of its content.
  const learned = new Set(sourceColumns(definition).map(([column]) => column));
  const core = Object.entries(row)
    .filter(([column, cell]) => column !== NOTE_COLUMN && cell !== null && !learned.has(column))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    entity: definition.key.map((column) => String(row[column])).join(' '),
    teams,
    game: typeof row['game_id'] === 'string' ? row['game_id'] : undefined,
    core: digest(JSON.stringify(core)),
    note: String(row[NOTE_COLUMN] ?? ''),
    played: row['minutes'] !== 0,
    broken: typeof row['points'] === 'number' && row['points'] < 0,
    cells: row,
  };
}

/** What a run for `date` sees of one input: every partition inside the window, none before `readStart`. */
function seenThrough(
  input: Input,
  date: GameDate,
  readStart: GameDate,
  tables: Tables,
): { core: string; note: string } {
  const { window } = input;
  const dates = tables.get(input.table);
  const between = (first: GameDate, last: GameDate): [GameDate, ModelPartition][] =>
    [...(dates ?? [])]
      .filter(([each, { core }]) => each >= first && each <= last && each >= readStart && core !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1));
  const whole = (partitions: readonly [GameDate, ModelPartition][]): { core: string; note: string } => ({
    core: partitions.map(([each, { core }]) => `${input.table} ${each} ${core}`).join('\n'),
    note: partitions.map(([each, { note }]) => `${input.table} ${each} ${note}`).join('\n'),
  });
  const opening = firstDateOf(seasonOf(date));
  switch (window.kind) {
    case 'same_date':
      return whole(between(date, date));
    case 'previous_days':
      return whole(between(addDays(date, -window.days), addDays(date, -1)));
    case 'around_date':
      return whole(between(addDays(date, -window.back), addDays(date, window.ahead)));
    case 'season_to_date':
      return whole(between(opening, addDays(date, -1)));
    case 'last_games':
      return lastGamesOf(between(opening, addDays(date, -1)), window.games);
    case 'previous_seasons':
      return whole(between(startOfWindow(window, date, opening), readEnd(window, date)));
    default:
      return window satisfies never;
  }
}

function lastGamesOf(
  partitions: readonly [GameDate, ModelPartition][],
  games: number,
): { core: string; note: string } {
  const recent = new Map<string, { core: string; note: string }[]>();
  for (const [date, { rows }] of partitions) {
    for (const { entity, core, note, played } of rows) {
      if (!played) continue;
      const known = recent.get(entity) ?? [];
      recent.set(entity, [...known, { core: `${date} ${core}`, note: `${date} ${note}` }].slice(-games));
    }
  }
  const lines = [...recent].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    core: lines.map(([entity, rows]) => `${entity} ${rows.map(({ core }) => core).join(' ')}`).join('\n'),
    note: lines.map(([entity, rows]) => `${entity} ${rows.map(({ note }) => note).join(' ')}`).join('\n'),
  };
}

type Member = Pick<ModelRow, 'entity' | 'teams' | 'game' | 'played'>;

/** Who has a row: the teams (or their players) of the scheduled games, less those whom a required input of the date lacks. */
function universeOf(
  definition: TableDefinition,
  date: GameDate,
  tables: Tables,
  options: ModelOptions,
): Member[] {
  if (isOncePerSeason(definition) && date !== openingNightIn(tables, date)) return [];
  const isPlayers = 'player_lookup' in definition.columns;
  let members = scheduledOf(definition, date, tables, isPlayers, options);
  for (const { table, window, required } of definition.inputs) {
    if (
      !required ||
      window.kind !== 'same_date' ||
      table === 'nbac_schedule' ||
      table === 'nbac_game_results'
    )
      continue;
    const sources = [
      table,
      ...(options.standInsOf?.(table) ?? []).filter((name) => isRead(definition, name)),
    ];
    const rows = sources.flatMap((name) => usedRows(name, tables.get(name)?.get(date)?.rows ?? [], options));
    const teams = new Set(rows.flatMap((row) => row.teams));
    const played = new Map(rows.map((row) => [playerOf(row.entity), row.played]));
    const byPlayer = isPlayers && rows.some((row) => row.entity.includes(':'));
    members ??= [...teams].sort().map((team) => ({
      entity: team,
      teams: [team],
      game: rows.find((row) => row.teams.includes(team))?.game,
      played: true,
    }));
    members = members
      .filter((member) =>
        byPlayer ? played.has(member.entity) : member.teams.some((team) => teams.has(team)),
      )
      .map((member) => (byPlayer ? { ...member, played: played.get(member.entity) ?? true } : member));
  }
  return members ?? [];
}

/** The first date of the season with a game in the schedule. */
function openingNightIn(tables: Tables, date: GameDate): GameDate | undefined {
  const [opening] = scheduleFactsIn(tables, [seasonOf(date)]);
  return opening?.date;
}

/** The player in an entity such as `20231024_A_B A:1`. */
function playerOf(entity: string): string {
  return entity.slice(entity.lastIndexOf(' ') + 1);
}

function scheduledOf(
  definition: TableDefinition,
  date: GameDate,
  tables: Tables,
  isPlayers: boolean,
  options: ModelOptions,
): Member[] | undefined {
  if (!definition.inputs.some(({ table }) => table === 'nbac_schedule')) return undefined;
  const members: Member[] = [];
  for (const { teams, game } of tables.get('nbac_schedule')?.get(date)?.rows ?? []) {
    for (const team of teams) {
      const entities = isPlayers
        ? Array.from({ length: options.playersPerTeam }, (_, i) => `${team}:${i + 1}`)
        : [team];
      members.push(...entities.map((entity) => ({ entity, teams: [team], game, played: true })));
    }
  }
  return members.sort((a, b) => (a.entity < b.entity ? -1 : 1));
}

export function measure(
  definition: TableDefinition,
  date: GameDate,
  rows: readonly ModelRow[],
  tables: Tables,
  options: ModelOptions,
): StagedDate {
  const isPlayers = 'player_lookup' in definition.columns;
  const scheduled = isRaw(definition) ? undefined : scheduledOf(definition, date, tables, isPlayers, options);
  const broken = rows.filter((row) => row.broken).length;
  const games = new Set(rows.map(({ game }) => game)).size;
  return {
    date,
    rows: rows.length,
    games,
    fingerprint: fingerprintOf(rows),
    readyRows: rows.length,
    syntheticRows: 0,
    expectedRows: scheduled?.length ?? rows.length,
    expectedGames: scheduled === undefined ? games : new Set(scheduled.map(({ game }) => game)).size,
    checks: broken === 0 ? [] : [{ check: 'below_0(points)', severity: 'fail', failures: broken }],
    ...(gamesIn(definition) !== undefined
      ? {
          gameHashes: Object.fromEntries(
            rows
              .filter(({ played }) => played)
              .map(({ entity, core, note }) => [entity, digest(`${date} ${core} ${note}`).slice(0, 16)]),
          ),
        }
      : {}),
  };
}
