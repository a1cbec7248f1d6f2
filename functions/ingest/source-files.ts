/** Source files are known by their names: what they hold and of which seasons. */
import { isSeason, type Season } from '../../shared/domain/season.ts';

const KINDS = [
  'schedule',
  'game_odds_books',
  'game_odds',
  'player_box_lite',
  'player_box',
  'team_box_lite',
  'team_box',
  'shots',
  'player_props',
  'injury_report',
  'rosters',
  'shot_zones_player_game',
] as const;

/** What a source file holds. */
export type FileKind = (typeof KINDS)[number];

/** A source file, as its name describes it. */
export interface SourceFile {
  readonly name: string;
  readonly kind: FileKind;
  /** First and last season of its rows; the same for most files. */
  readonly first: Season;
  readonly last: Season;
}

/** A part of the name that says how much of a season is there, such as `playoffs` and `partial`. */
const EXTENT = '(?:_(?:partial|playoffs|regular))?';
const NAME = new RegExp(
  `^(${KINDS.join('|')})${EXTENT}_(\\d{4}-\\d{2})(?:_to_(\\d{4}-\\d{2}))?\\.csv(?:\\.gz)?$`,
);

/** What the file called `name` (a path is allowed) holds; `undefined` when it is not called like a source file. */
export function sourceFileOf(name: string): SourceFile | undefined {
  const [, kind, first, last = first] = NAME.exec(name.slice(name.lastIndexOf('/') + 1)) ?? [];
  if (kind === undefined || first === undefined || last === undefined) return undefined;
  if (!isSeason(first) || !isSeason(last) || last < first) return undefined;
  return { name, kind: kind as FileKind, first, last };
}
