/** Corrections of source files, drawn by a seed: what a source says later of a game, as a file with all its lines of that game. */
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { pick, type Random } from '../../shared/domain/seeded-random.ts';
import { sourceFile } from './source-file.ts';

/** A file with the lines as they are known now. */
interface KnownFile {
  readonly columns: readonly string[];
  readonly lines: string[][];
}

/** The known files of a season by name. What was drawn is kept in them, so that a later correction starts from an earlier one. */
export type KnownFiles = ReadonlyMap<string, KnownFile>;

/** Lines with quotation marks are left out of the draw and stay as they are known. */
export function knownFiles(files: readonly { readonly name: string; readonly text: string }[]): KnownFiles {
  return new Map(
    files.map(({ name, text }) => {
      const [head = '', ...lines] = text.split('\n').filter((line) => line !== '');
      return [name, { columns: head.split(','), lines: lines.map((line) => line.split(',')) }];
    }),
  );
}

/** Changes cells of a line by their columns. */
type Change = (
  cell: (column: string) => string,
  set: (column: string, value: string | number) => void,
) => void;

interface Kind {
  readonly file: RegExp;
  /** The column by which a line is drawn together with all others of its game or team. */
  readonly subject: 'game_id' | 'team';
  readonly change: Change;
}

const more =
  (column: string, by = 1): Change =>
  (cell, set) =>
    set(column, Number(cell(column)) + by);

/** What a source may say otherwise. */
const KINDS = {
  steals: { file: /^player_box_\d/, subject: 'game_id', change: more('stl') },
  assists: { file: /^player_box_\d/, subject: 'game_id', change: more('ast', 2) },
  points: {
    file: /^player_box_\d/,
    subject: 'game_id',
    change: (cell, set) => {
      for (const [column, by] of [
        ['fgm', 1],
        ['fga', 1],
        ['pts', 2],
      ] as const)
        set(column, Number(cell(column)) + by);
    },
  },
  minutes: {
    file: /^player_box_\d/,
    subject: 'game_id',
    change: (cell, set) => set('minutes', Math.max(1, Number(cell('minutes')) - 1)),
  },
  team_box: { file: /^team_box_\d/, subject: 'game_id', change: more('tov') },
  shot: { file: /^shots_/, subject: 'game_id', change: more('shot_distance') },
  line: { file: /^game_odds_\d/, subject: 'game_id', change: more('total', 2) },
  injury: {
    file: /^injury_report_/,
    subject: 'team',
    change: (cell, set) => set('status', cell('status') === 'out' ? 'probable' : 'out'),
  },
} satisfies Readonly<Record<string, Kind>>;

export interface DrawnCorrection {
  /** What was corrected, for a failing test. */
  readonly story: string;
  readonly file: SourceFile;
}

/**
 * Draws one correction of a kind that the files have.
 * @param since the first date of which lines are drawn; by default all are
 */
export function drawCorrection(random: Random, files: KnownFiles, since = ''): DrawnCorrection {
  const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[]).filter((kind) =>
    [...files.keys()].some((name) => KINDS[kind].file.test(name)),
  );
  const kind = pick(random, kinds);
  const { file: pattern, subject, change }: Kind = KINDS[kind];
  const [name, { columns, lines }] = [...files].find(([each]) => pattern.test(each)) ?? ['', EMPTY];
  const at = (column: string): number => columns.indexOf(column);
  const sound = lines.filter(
    (line) =>
      line.length === columns.length &&
      !line.some((cell) => cell.includes('"')) &&
      (line[at('game_date')] ?? '') >= since,
  );
  const drawn = pick(random, sound);
  change(
    (column) => drawn[at(column)] ?? '',
    (column, value) => {
      drawn[at(column)] = String(value);
    },
  );
  const same = lines.filter((line) =>
    [subject, 'game_date'].every((column) => line[at(column)] === drawn[at(column)]),
  );
  const text = [columns, ...same].map((line) => `${line.join(',')}\n`).join('');
  return { story: `${kind}: ${drawn.join(',')}`, file: sourceFile(name, text) };
}

const EMPTY: KnownFile = { columns: [], lines: [] };
