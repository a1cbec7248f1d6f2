/** Reads from the name of a source file what it holds and of which seasons, such as `schedule_2023-24.csv`. */
import { FILE_KINDS, type FileKind } from '../../shared/domain/file-kinds.ts';
import { isSeason, type Season } from '../../shared/domain/season.ts';
import { payloadFileOf } from '../sources/payload-files.ts';

/** What the name of a source file says. */
export interface SourceFile {
  readonly name: string;
  readonly kind: FileKind;
  /** First and last season of its rows. Most files have one season, so that the two are equal. */
  readonly first: Season;
  readonly last: Season;
}

/** The source of what a person has said: the file of a correction has it in its name, as in `player_box_manual_2023-24.csv`. */
export const MANUAL = 'manual';

/** A word in the name that says which part of a season the file has, such as `playoffs` or `partial`. */
const EXTENT = `(?:_(?:partial|playoffs|regular|${MANUAL}))?`;
const NAME = new RegExp(
  `^(${FILE_KINDS.join('|')})${EXTENT}_(\\d{4}-\\d{2})(?:_to_(\\d{4}-\\d{2}))?\\.csv(?:\\.gz)?$`,
);

/** What the name of a file says (a path is allowed); `undefined` when it is not the name of a source file. */
export function sourceFileOf(name: string): SourceFile | undefined {
  const payload = payloadFileOf(name);
  if (payload?.kind !== undefined)
    return { name, kind: payload.kind, first: payload.season, last: payload.season };
  const [, kind, first, last = first] = NAME.exec(name.slice(name.lastIndexOf('/') + 1)) ?? [];
  if (kind === undefined || first === undefined || last === undefined) return undefined;
  if (!isSeason(first) || !isSeason(last) || last < first) return undefined;
  return { name, kind: kind as FileKind, first, last };
}

/** Who says what is in a file: the name of a live source, `manual` for a person's correction, else `files`. */
export function sourceOfFile(name: string): string {
  const source = payloadFileOf(name)?.source;
  if (source !== undefined) return source;
  return name.includes(`_${MANUAL}_`) && sourceFileOf(name) !== undefined ? MANUAL : 'files';
}

/** Columns of the file of a correction that say in which columns of a line it has other values, who says so, and why. */
export const CORRECTED_COLUMNS = ['corrected', 'corrected_by', 'corrected_because'] as const;

/** Kinds of files whose column `snapshot` says what a line speaks of: how something stood at one time, or a game without an id of the league. */
const BY_SNAPSHOT: readonly FileKind[] = [
  'event_lines',
  'event_props',
  'bettingpros_props',
  'timed_injury_report',
  'injury_list',
  'gamebook',
];

/**
 * The column that says what a row of a kind of file speaks of. What a newer file says of a game replaces what an older file of
 * the same kind said of it; reports and rosters speak of whole teams. What was quoted at one time never replaces what was quoted at
 * another. A source with ids of its own names a game by its date and teams, such as `20240115_CHI_CLE`.
 */
export function subjectColumn(kind: FileKind): 'game_id' | 'game' | 'team' | 'snapshot' {
  if (kind === 'named_games' || kind === 'named_player_box') return 'game';
  if (BY_SNAPSHOT.includes(kind)) return 'snapshot';
  return kind === 'injury_report' || kind === 'rosters' || kind === 'team_roster' || kind === 'named_rosters'
    ? 'team'
    : 'game_id';
}
