/** What a mistake in source files is: which rows it changes, how the file is written, and what can tell that it is wrong. */
import { gzipSync } from 'node:zlib';
import type { SourceFile } from '../../../functions/control/archive-files.ts';
import type { GameDate } from '../../../shared/domain/game-date.ts';
import type { Random } from '../../../shared/domain/seeded-random.ts';
import type { Cells } from '../real-part.ts';
import type { Ground, Kind, Table } from './ground.ts';

/** What knows better than the changed file. */
export type Witness =
  | 'final score'
  /** The team's row of the game, number by number. */
  | 'team box'
  | 'schedule'
  /** The attempts in the box score. */
  | 'attempts'
  /** What was imported before. */
  | 'what was known'
  /** The other cells of the row or of the file. */
  | 'the file itself'
  /** The id, which the player with the same name does not have. What is said of the new player is believed. */
  | 'id'
  /** The names of the players whose ids are known. */
  | 'who is who'
  /** The mistake does no harm: every derived row stays as it is. */
  | 'nothing changes'
  /** Something knows better and is not asked: the numbers are believed. */
  | 'not asked'
  /** Nobody can tell: the numbers are believed. */
  | 'none';

/** Whether the numbers that a mistake gives are believed, so that nothing is promised but that other rows stay as they are. */
export const isBelieved = ({ witness }: Pick<Mutation, 'witness'>): boolean =>
  witness === 'none' || witness === 'not asked';

/** A change of the rows of a file. */
export interface Edit {
  readonly of: Kind;
  readonly change: (rows: readonly Cells[]) => readonly Cells[];
}

/** Another way to write a whole file. */
export interface Form {
  readonly of: Kind;
  readonly write: (table: Table, rows: readonly Cells[]) => SourceFile;
}

export interface Mutation {
  readonly kind: string;
  readonly witness: Witness;
  readonly edits: readonly Edit[];
  readonly form?: Form;
  /** The id of a player whom nobody has heard of before. His rows are new, and nobody can say that they are wrong. */
  readonly newcomer?: string;
  /** For a person who reads a failure. */
  readonly what: string;
}

/** Draws a mistake of one kind; undefined when the ground has nothing that it could be made of. */
export type Draw = (ground: Ground, random: Random) => Omit<Mutation, 'kind'> | undefined;
export type Kinds = Readonly<Record<string, Draw>>;

/** Text of a file in the form of the archive. */
export function textOf({ columns }: Pick<Table, 'columns'>, rows: readonly Cells[]): string {
  const lines = rows.map((row) => columns.map((column) => quotedCell(row[column] ?? '')).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

function quotedCell(cell: string): string {
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

export function fileOf(table: Table, rows: readonly Cells[]): SourceFile {
  const bytes = gzipSync(textOf(table, rows), { level: 1 });
  return { name: `${table.name}.csv.gz`, bytes: () => bytes };
}

/** What is imported, and which dates it speaks of differently from the archived files. */
export interface WrongFiles {
  readonly files: readonly SourceFile[];
  /** Whether the files replace what older ones say, because they do not say anything of a game any more. */
  readonly replace: boolean;
  /** The dates of the rows that harmful mistakes have changed, ascending. */
  readonly dates: readonly GameDate[];
}

/** The files with all the mistakes. A file has only the games that are changed, unless it must replace the archived one. */
export function wrongFiles(ground: Ground, mutations: readonly Mutation[]): WrongFiles {
  const kinds = new Set(
    mutations.flatMap(({ edits, form }) => [...edits, ...(form ? [form] : [])]).map(({ of }) => of),
  );
  const changed = [...kinds].map((kind) => {
    const table = ground.tables[kind];
    const rows = editedRows(table, mutations);
    const touched = new Set(differing(table.rows, rows).map((row) => subjectOf(kind, row)));
    return { kind, table, rows, touched, loses: losesSubject(kind, touched, rows) };
  });
  const replace = changed.some(({ loses }) => loses);
  const files = changed.map(({ kind, table, rows, touched }) => {
    const form = mutations.findLast((each) => each.form?.of === kind)?.form;
    if (form !== undefined) return form.write(table, rows);
    // Where no row is another one, the order is.
    const isPart = !replace && touched.size > 0 && kind !== 'schedule';
    return fileOf(table, isPart ? rows.filter((row) => touched.has(subjectOf(kind, row))) : rows);
  });
  const harmful = mutations.filter(({ witness }) => witness !== 'nothing changes');
  const dates = new Set(harmful.flatMap((mutation) => [...footprintOf(ground, mutation).dates]));
  return { files, replace, dates: [...dates].sort() };
}

/** What the changed rows of a mistake speak of. */
export interface Footprint {
  readonly dates: ReadonlySet<GameDate>;
  readonly games: ReadonlySet<string>;
  /** The teams of these games, and those of the players who are named. */
  readonly teams: ReadonlySet<string>;
  /** Whether files with it must replace the archived ones. */
  readonly loses: boolean;
}

export function footprintOf(ground: Ground, mutation: Mutation): Footprint {
  const dates = new Set<GameDate>();
  const games = new Set<string>();
  const teams = new Set<string>();
  let loses = false;
  for (const kind of new Set(mutation.edits.map(({ of }) => of))) {
    const table = ground.tables[kind];
    const rows = editedRows(table, [mutation]);
    const changed = differing(table.rows, rows);
    loses ||= losesSubject(kind, new Set(changed.map((row) => subjectOf(kind, row))), rows);
    for (const row of changed) {
      for (const date of datesOf(ground, row)) dates.add(date);
      const game = row['game_id'] ?? ground.gameOfTeam.get(`${row['game_date']} ${row['team']}`);
      if (game !== undefined) games.add(game);
      for (const team of [
        ...(ground.teamsOfGame.get(game ?? '') ?? []),
        ...(ground.teamsOfPlayer.get(row['player_id'] ?? '') ?? []),
      ])
        teams.add(team);
    }
  }
  return { dates, games, teams, loses };
}

function editedRows({ kind, rows }: Table, mutations: readonly Mutation[]): readonly Cells[] {
  return mutations
    .flatMap(({ edits }) => edits)
    .filter(({ of }) => of === kind)
    .reduce((before, { change }) => change(before), rows);
}

/** Whether nothing is left of a game. A game that a schedule lacks is not said to be gone, unless a person says so. */
function losesSubject(kind: Kind, touched: ReadonlySet<string>, rows: readonly Cells[]): boolean {
  if (kind === 'schedule') return false;
  const open = new Set(touched);
  for (const row of rows) {
    if (open.size === 0) return false;
    open.delete(subjectOf(kind, row));
  }
  return open.size > 0;
}

/** Rows that only one of two lists has, or that one has more often. */
function differing(before: readonly Cells[], after: readonly Cells[]): Cells[] {
  if (before === after) return [];
  const counts = new Map<Cells, number>();
  const end = Math.min(before.length, after.length);
  let first = 0;
  while (first < end && before[first] === after[first]) first += 1;
  let same = 0;
  while (same < end - first && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  for (const row of before.slice(first, before.length - same)) counts.set(row, (counts.get(row) ?? 0) + 1);
  for (const row of after.slice(first, after.length - same)) counts.set(row, (counts.get(row) ?? 0) - 1);
  return [...counts].filter(([, count]) => count !== 0).map(([row]) => row);
}

/** What a row speaks of: its game; in reports and rosters the team on its date. */
function subjectOf(kind: Kind, row: Cells): string {
  return kind === 'injury_report' || kind === 'rosters'
    ? `${row['game_date']} ${row['team']}`
    : String(row['game_id']);
}

function datesOf({ dateOfGame, dates }: Ground, row: Cells): GameDate[] {
  const own = row['game_date'] as GameDate;
  const scheduled = dateOfGame.get(row['game_id'] ?? '');
  return [...(scheduled === undefined ? [] : [scheduled]), ...(dates.includes(own) ? [own] : [])];
}
