/**
 * The part of a real season that restatements and losses are looked at in: 60 dates in a row, which the commit draws, or the
 * whole season with the whole proof. The source files are cut to these dates, so that the season begins and ends with them.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { sourceFileOf } from '../../functions/ingest/source-files.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import { drawn, drawnStretch } from './draw.ts';
import { dataFolder, type Filling } from './homes.ts';
import { proof } from './proof.ts';

const DATES = 60;

export interface RealPart extends Filling {
  /** Dates of the regular season with games, ascending. */
  readonly dates: readonly GameDate[];
}

export type Cells = Readonly<Record<string, string>>;

/** The part of a season that this run looks at; the same one in every file of the run. */
export function realPart(season: Season): RealPart {
  const all = readFolder(dataFolder());
  const schedule = cellsIn(all, `schedule_${season}.csv.gz`);
  const regular = schedule.filter((game) => game['season_type'] === 'regular');
  const dates = [...new Set(regular.map((game) => String(game['game_date']) as GameDate))].sort();
  if (proof === 'all') return { name: season, season, files: all, dates };
  const some = drawnStretch(drawn('real part', season), dates, DATES);
  const files = all.filter(({ name }) => {
    const source = sourceFileOf(name);
    return source !== undefined && source.first <= season && season <= source.last;
  });
  return {
    name: `${season}-${some[0]}-to-${some.at(-1)}`,
    season,
    files: files.flatMap((file) => cut(file, new Set(some))),
    dates: some,
  };
}

/** The lines of a file, each as cells by column. No file of these kinds has quotes. */
export function cellsIn(files: readonly SourceFile[], name: string): Cells[] {
  const [head = '', ...lines] = textLines(files.find((file) => file.name === name));
  const columns = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i] ?? '', cell])));
}

/** The file with its lines of the given dates; none when there are no such lines. */
function cut(file: SourceFile, dates: ReadonlySet<string>): SourceFile[] {
  const [head = '', ...lines] = textLines(file);
  const column = head.split(',').indexOf('game_date');
  const kept = lines.filter((line) => dates.has(line.split(',')[column] ?? ''));
  if (kept.length === 0) return [];
  const bytes = gzipSync([head, ...kept, ''].join('\n'), { level: 1 });
  return [{ name: file.name, bytes: () => bytes }];
}

function textLines(file: SourceFile | undefined): string[] {
  if (file === undefined) throw new Error(`The files of the season are not in ${dataFolder()}`);
  return gunzipSync(file.bytes())
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}
